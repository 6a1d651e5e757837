import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { pythonString } from './python-literal.js';
import { childrenOf, stringOf } from './syntax.js';

/** A list of plain strings, with the places of its items. */
export interface StringList {
  readonly items: readonly string[];
  /** Adds items at its end. @returns the whole text */
  append(items: readonly string[]): string;
  /** Puts a string in the place of an item. @returns the whole text */
  replace(index: number, item: string): string;
  /** Takes an item away. @returns the whole text */
  remove(index: number): string;
}

/**
 * The call of `setup()` in a setup.py, by its syntax. Only what is written down literally is found; an edit changes
 * what it is about, and no other character.
 */
export class SetupCall {
  private constructor(
    private readonly source: string,
    private readonly list: SyntaxNode,
  ) {}

  /** The first call of `setup` or of a module's `setup`; `undefined` if there is none. */
  static find(source: string): SetupCall | undefined {
    let found: SetupCall | undefined;
    parser.parse(source).iterate({
      enter: ({ name, node }) => {
        const [callee, list] = [node.firstChild, node.getChild('ArgList')];
        if (found !== undefined || name !== 'CallExpression' || callee === null || list === null) return;
        const called = source.slice(callee.from, callee.to);
        if (called === 'setup' || called.endsWith('.setup')) found = new SetupCall(source, list);
      },
    });
    return found;
  }

  /** Whether an argument is there by its name. */
  has(keyword: string): boolean {
    return this.argument(keyword) !== undefined;
  }

  /** The line of an argument, from 1. */
  lineOf(keyword: string): number {
    return this.source.slice(0, this.argument(keyword)?.from ?? 0).split('\n').length;
  }

  /** The text that an argument is. */
  text(keyword: string): string | undefined {
    return stringOf(this.argument(keyword) ?? null, this.source);
  }

  /** The list that an argument is, or that it has under a key. */
  strings(keyword: string, key?: string): StringList | undefined {
    const value = this.argument(keyword);
    const node = key === undefined ? value : this.entries(value).find(([name]) => name === key)?.[1];
    return node === undefined ? undefined : stringList(node, this.source);
  }

  /** The lists of an argument that is a dict of them. */
  dict(keyword: string): (readonly [key: string, items: readonly string[]])[] {
    return this.entries(this.argument(keyword)).flatMap(([key, value]) => {
      const list = stringList(value, this.source);
      return list === undefined ? [] : [[key, list.items] as const];
    });
  }

  /** The list `include` of `packages=find_packages(include=[...])`; of one that has `exclude`, too, none. */
  includedPackages(): StringList | undefined {
    const value = this.argument('packages');
    const list = value?.name === 'CallExpression' ? value.getChild('ArgList') : null;
    if (list === null || argumentIn(list, 'exclude', this.source) !== undefined) return undefined;
    const include = argumentIn(list, 'include', this.source);
    return include === undefined ? undefined : stringList(include, this.source);
  }

  /** Adds an argument behind another one, in the same form. @returns the whole text */
  addBehind(keyword: string, code: string): string {
    const before = this.argument(keyword);
    if (before === undefined) throw new Error(`setup() has no ${keyword}`);
    const line = this.source.slice(this.source.lastIndexOf('\n', before.from) + 1, before.from);
    const margin = /^\s*\w+\s*=\s*$/.test(line) ? `\n${/^\s*/.exec(line)?.[0] ?? ''}` : ' ';
    return `${this.source.slice(0, before.to)},${margin}${code}${this.source.slice(before.to)}`;
  }

  private argument(keyword: string): SyntaxNode | undefined {
    return argumentIn(this.list, keyword, this.source);
  }

  private entries(node: SyntaxNode | undefined): [string, SyntaxNode][] {
    if (node?.name !== 'DictionaryExpression') return [];
    const children = childrenOf(node);
    return children.flatMap((child, at) => {
      const [key, value] = [stringOf(children[at - 1] ?? null, this.source), children[at + 1]];
      return child.name === ':' && key !== undefined && value !== undefined
        ? [[key, value] as [string, SyntaxNode]]
        : [];
    });
  }
}

function argumentIn(list: SyntaxNode, keyword: string, source: string): SyntaxNode | undefined {
  const children = childrenOf(list);
  const at = children.findIndex(
    ({ name, from, to }, index) =>
      name === 'VariableName' && children[index + 1]?.name === 'AssignOp' && source.slice(from, to) === keyword,
  );
  return at < 0 ? undefined : children[at + 2];
}

/** @returns `undefined` for what is no list, or has anything but plain strings in it */
function stringList(node: SyntaxNode, source: string): StringList | undefined {
  if (node.name !== 'ArrayExpression') return undefined;
  const children = childrenOf(node).filter(({ name }) => name !== 'Comment');
  const nodes = children.filter(({ name }) => !['[', ']', ','].includes(name));
  const items = nodes.flatMap((each) => stringOf(each, source) ?? []);
  if (items.length !== nodes.length) return undefined;
  const splice = (from: number, to: number, text: string): string => source.slice(0, from) + text + source.slice(to);
  return {
    items,
    append: (added) => {
      const code = added.map(pythonString);
      const last = nodes.at(-1);
      if (last === undefined) return splice(node.from, node.to, `[${code.join(', ')}]`);
      const hasComma = children.at(-2)?.name === ',';
      const close = source.lastIndexOf('\n', node.to) + 1;
      const comma = hasComma ? '' : ',';
      if (close <= last.to) {
        const end = hasComma ? (children.at(-2)?.to ?? last.to) : last.to;
        return splice(end, end, `${comma} ${code.join(', ')}`);
      }
      const margin = /^\s*/.exec(source.slice(source.lastIndexOf('\n', last.from) + 1))?.[0] ?? '';
      const lines = code.map((each) => `${margin}${each},\n`).join('');
      return source.slice(0, last.to) + comma + source.slice(last.to, close) + lines + source.slice(close);
    },
    replace: (index, item) => splice(nodes[index]?.from ?? 0, nodes[index]?.to ?? 0, pythonString(item)),
    remove: (index) => {
      const [own, next] = [nodes[index], nodes[index + 1]];
      if (own === undefined) throw new Error(`the list has no item ${index}`);
      if (next !== undefined) return splice(own.from, next.from, '');
      const before = nodes[index - 1];
      return before === undefined ? splice(own.from, own.to, '') : splice(before.to, own.to, '');
    },
  };
}
