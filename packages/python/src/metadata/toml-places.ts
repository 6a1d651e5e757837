import { createRequire } from 'node:module';
import type * as Parser from 'toml-eslint-parser';
import type { AST } from 'toml-eslint-parser';

const lazily = createRequire(__filename);

/** Lines count from 1, columns from 0. */
export interface TomlPlace {
  readonly line: number;
  readonly column: number;
}

/** A header, or a key with its value. */
interface Written {
  /** From the top of the file; the tables of an array of tables share theirs. */
  readonly path: readonly string[];
  readonly node: AST.TOMLTable | AST.TOMLKeyValue;
}

/** Where the keys and the strings of a TOML file are, according to its syntax tree. */
export class TomlPlaces {
  private constructor(private readonly written: readonly Written[]) {}

  /** @param text of valid TOML */
  static parse(text: string): TomlPlaces {
    const { parseTOML } = lazily('toml-eslint-parser') as typeof Parser;
    const [top] = parseTOML(text, { tomlVersion: '1.1' }).body;
    return new TomlPlaces(top.body.flatMap((node) => writtenIn(node, [])));
  }

  /**
   * Where the table or the key at `path` begins, in whichever form it is written; `undefined` if it is not in the file.
   *
   * @param text a string or a key in the value of `path`: where that is, if it is there
   */
  find(path: readonly string[], text?: string): TomlPlace | undefined {
    const found = this.written.filter((each) => path.every((name, depth) => each.path[depth] === name));
    // A table may be there only by those below it.
    const [first] = [...found.filter((each) => each.path.length === path.length), ...found];
    const texts = text === undefined ? [] : found.flatMap(({ node }) => textsIn(node));
    return texts.find((each) => each.text === text)?.start ?? first?.node.loc.start;
  }
}

function writtenIn(node: AST.TOMLTable | AST.TOMLKeyValue, above: readonly string[]): Written[] {
  const path = [...above, ...node.key.keys.map(nameOf)];
  const inner = node.type === 'TOMLTable' ? node.body : node.value.type === 'TOMLInlineTable' ? node.value.body : [];
  return [{ path, node }, ...inner.flatMap((each) => writtenIn(each, path))];
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

/** A string: a value, or a key. */
interface WrittenText {
  readonly text: string;
  readonly start: TomlPlace;
}

function textsIn(node: AST.TOMLTable | AST.TOMLKeyValue | AST.TOMLContentNode): WrittenText[] {
  switch (node.type) {
    case 'TOMLTable':
    case 'TOMLInlineTable':
      return node.body.flatMap(textsIn);
    case 'TOMLKeyValue':
      return [...node.key.keys.map((key) => ({ text: nameOf(key), start: key.loc.start })), ...textsIn(node.value)];
    case 'TOMLArray':
      return node.elements.flatMap(textsIn);
    case 'TOMLValue':
      return node.kind === 'string' ? [{ text: node.value, start: node.loc.start }] : [];
  }
}
