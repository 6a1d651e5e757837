import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';
import type { Looks } from '../files/looks.js';
import { parseConfig } from '../metadata/setup-cfg.js';
import { isTable, TomlFile } from '../metadata/toml-file.js';

/** What pytest's configuration says of where tests are. */
export interface PytestSettings {
  /** Files, directories and globs of either, relative to the project. */
  readonly testPaths: readonly string[];
  /** Patterns of the names of files with tests; absent if pytest's own hold. */
  readonly fileNames?: readonly string[];
}

/**
 * The files that pytest looks for its configuration in, in that order, and where in each it stands. The first file that
 * has it is the only one that counts. https://docs.pytest.org/en/stable/reference/customize.html
 */
const PLACES: readonly (readonly [file: string, ...table: string[]])[] = [
  ['pytest.toml', 'pytest'],
  ['.pytest.toml', 'pytest'],
  ['pytest.ini', 'pytest'],
  ['.pytest.ini', 'pytest'],
  ['pyproject.toml', 'tool', 'pytest'],
  ['tox.ini', 'pytest'],
  ['setup.cfg', 'tool:pytest'],
];

/** pytest uses these files in any case. */
const ALWAYS: readonly string[] = ['pytest.toml', '.pytest.toml', 'pytest.ini', '.pytest.ini'];

/**
 * Reads pytest's configuration of a project. What cannot be read says nothing here: pytest itself says what is wrong.
 *
 * @param directory absolute path of the project
 * @param looks told what is looked at
 */
export function readPytestSettings(directory: string, looks?: Looks): PytestSettings {
  for (const [file, ...table] of PLACES) {
    const text = textOf(join(directory, file), looks);
    if (text === undefined) continue;
    const found = read(text, file, table);
    if (found === undefined && !ALWAYS.includes(file)) continue;
    const fileNames = wordsOf(found?.python_files);
    return {
      testPaths: wordsOf(found?.testpaths) ?? [],
      ...(fileNames === undefined ? {} : { fileNames }),
    };
  }
  return { testPaths: [] };
}

function read(text: string, file: string, table: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  try {
    if (!file.endsWith('.toml')) {
      const options = parseConfig(text, file).get(table[0] ?? '');
      const joined = [...(options ?? [])].map(([name, { lines }]) => [name, lines.map((line) => line.text).join(' ')]);
      return options && (Object.fromEntries(joined) as Record<string, string>);
    }
    // Most projects say nothing of this, and inference need not parse their files.
    if (!/\bpytest\b/.test(text)) return undefined;
    const toml = TomlFile.parse(text, file);
    const found = toml.tableAt(...table);
    const old = found?.ini_options;
    return isTable(old) ? old : found;
  } catch (error) {
    if (error instanceof ElementError) return undefined;
    throw error;
  }
}

/** A list, or words as a shell splits them; pytest takes both. */
function wordsOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string');
  if (typeof value !== 'string') return undefined;
  return (value.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

function textOf(path: string, looks: Looks | undefined): string | undefined {
  looks?.file(path);
  // Most of them do not exist, and an error that is thrown takes longer than this.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
