import { createRequire } from 'node:module';
import type * as Toml from 'smol-toml';
import { ElementError, type Origin } from '@wheelhouse/element';
import { TomlPlaces, type TomlPlace } from './toml-places.js';

const lazily = createRequire(__filename);

/** A table of TOML; its values are narrowed where they are used. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** A parsed TOML file that can find where its values were written. */
export class TomlFile {
  private readonly places: () => TomlPlaces;

  private constructor(
    readonly table: TomlTable,
    text: string,
    readonly file: string,
  ) {
    let places: TomlPlaces | undefined;
    this.places = () => (places ??= TomlPlaces.parse(text));
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
   * Where `key` of the table at `path` was written; with `text`, where that string of its value was. Otherwise the nearest
   * place that was: of the key, of the table, the beginning of the file.
   *
   * A line and a column are looked for when they are read: most are not.
   */
  origin(path: readonly string[], key?: string, text?: string): Origin {
    const places = this.places;
    const place = (): TomlPlace => {
      const found = places();
      const ofKey = key === undefined ? undefined : found.find([...path, key], text);
      return ofKey ?? (path.length === 0 ? undefined : found.find(path)) ?? { line: 1, column: 0 };
    };
    return {
      file: this.file,
      get line() {
        return place().line;
      },
      get column() {
        return place().column;
      },
    };
  }
}

/** Whether a value is a table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
