import { ElementError } from '@wheelhouse/element';
import type { ProjectFiles } from './project-files.js';
import { TomlFile } from './toml-file.js';

const NAME = 'pyproject.toml';
const TABLE = ['tool', 'wheelhouse'];
const KEY = 'system-packages';

/**
 * The packages of the distribution that a project is built with and tested on: `system-packages` of `[tool.wheelhouse]`.
 *
 * @throws ElementError METADATA where that is not a list of strings, or the table has something else
 */
export function readSystemPackages(files: ProjectFiles): string[] {
  const toml = TomlFile.parse(files.read(NAME) ?? '', files.label(NAME));
  const table = toml.tableAt(...TABLE);
  if (table === undefined) return [];
  const fail = (message: string, key: string): ElementError =>
    new ElementError({
      code: 'METADATA',
      message,
      origin: toml.origin(TABLE, key),
      hint: `the table \`tool.wheelhouse\` has one key, \`${KEY}\`: a list of names of packages`,
    });
  for (const key of Object.keys(table)) {
    if (key !== KEY) throw fail(`unknown key \`${key}\` of \`tool.wheelhouse\``, key);
  }
  const list = table[KEY];
  if (list === undefined) return [];
  if (Array.isArray(list) && list.every((item): item is string => typeof item === 'string')) return list;
  throw fail(`\`${KEY}\` is not a list of strings`, KEY);
}
