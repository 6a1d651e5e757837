import { createRequire } from 'node:module';
import type * as Toml from 'smol-toml';
import { ElementError, type Origin } from '@wheelhouse/element';

const lazily = createRequire(__filename);

/** A table of TOML; its values are narrowed where they are used. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** A parsed TOML file that can find where its values were written. */
export class TomlFile {
  private readonly lines: readonly string[];

  private constructor(
    readonly table: TomlTable,
    text: string,
    readonly file: string,
  ) {
    this.lines = text.split(/\r?\n/);
  }

  /** @throws ElementError METADATA at the place where the text is no TOML */
  static parse(text: string, file: string): TomlFile {
    const { parse, TomlError } = lazily('smol-toml') as typeof Toml;
    try {
      return new TomlFile(parse(text), text, file);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      throw new ElementError({
        code: 'METADATA',
        message: `not valid TOML: ${reason}`,
        origin: { file, line: error.line, column: error.column - 1 },
        cause: error,
      });
    }
  }

  /** The table at `path`, `undefined` if there is none. @throws ElementError METADATA if it is something else */
  tableAt(...path: readonly string[]): TomlTable | undefined {
    let table: TomlTable = this.table;
    for (const [depth, name] of path.entries()) {
      const value = Object.hasOwn(table, name) ? table[name] : undefined;
      if (value === undefined) return undefined;
      if (!isTable(value)) {
        throw new ElementError({
          code: 'METADATA',
          message: `\`${path.slice(0, depth + 1).join('.')}\` is not a table`,
          origin: this.origin(path.slice(0, depth), name),
        });
      }
      table = value;
    }
    return table;
  }

  /**
   * Where `key` of the table at `path` was written; with `text`, where that string stands behind it. The nearest place
   * that is certain to be right where the file is written in an unusual way.
   */
  origin(path: readonly string[], key?: string, text?: string): Origin {
    const header = this.lines.findIndex((line) => new RegExp(`^\\s*\\[\\s*${dotted(path)}\\s*\\]`).test(line));
    // What stands before the first table has no header.
    if (header < 0 && path.length > 0) return { file: this.file, line: 1, column: 0 };
    if (key === undefined) return { file: this.file, line: Math.max(header, 0) + 1, column: 0 };
    let [line, column] = [Math.max(header, 0), 0];
    for (let at = header + 1; at < this.lines.length; at += 1) {
      const current = this.lines[at] ?? '';
      if (/^\s*\[\s*[\w"'.-]+\s*\]/.test(current)) break;
      if (new RegExp(`^\\s*${quotable(key)}\\s*[=.]`).test(current)) {
        [line, column] = [at, current.length - current.trimStart().length];
        break;
      }
    }
    if (text === undefined) return { file: this.file, line: line + 1, column };
    for (let at = line; at < this.lines.length; at += 1) {
      const found = [`"${text}"`, `'${text}'`, JSON.stringify(text)]
        .map((literal) => (this.lines[at] ?? '').indexOf(literal))
        .find((index) => index >= 0);
      if (found !== undefined) return { file: this.file, line: at + 1, column: found };
    }
    return { file: this.file, line: line + 1, column };
  }
}

/** Whether a value is a table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function dotted(path: readonly string[]): string {
  return path.map(quotable).join('\\s*\\.\\s*');
}

function quotable(name: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `(?:${escaped}|"${escaped}"|'${escaped}')`;
}
