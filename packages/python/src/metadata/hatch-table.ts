import { ElementError } from '@wheelhouse/element';
import type { GroupItem } from './declaration.js';
import { DEVELOPMENT_NAME, TEST_NAMES } from './requirements-settings.js';
import { isTable, type TomlFile } from './toml-file.js';

const AT = ['tool', 'hatch', 'envs'];
/**
 * Environments whose dependencies tests need, and the group that they are. `hatch test` runs in `hatch-test`, and
 * `hatch run pytest` in `default`, the environment of development.
 */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ['hatch-test', 'test'],
  ['default', DEVELOPMENT_NAME],
  ...TEST_NAMES.map((name) => [name, name] as const),
]);

/** What the environments for tests of `[tool.hatch.envs]` hold beside the project, as dependency groups. */
export function readHatchGroups(toml: TomlFile): ReadonlyMap<string, readonly GroupItem[]> {
  const groups = new Map<string, readonly GroupItem[]>();
  for (const [environment, table] of Object.entries(toml.tableAt(...AT) ?? {})) {
    const group = GROUPS.get(environment);
    if (group === undefined || !isTable(table)) continue;
    const at = [...AT, environment];
    const items = ['dependencies', 'extra-dependencies'].flatMap((key) => {
      const list = table[key] ?? [];
      if (!Array.isArray(list) || !list.every((item): item is string => typeof item === 'string')) {
        const message = `\`${key}\` of the environment \`${environment}\` is not a list of texts`;
        throw new ElementError({ code: 'METADATA', message, origin: toml.origin(at, key) });
      }
      return list.map((value) => ({ value, origin: toml.origin(at, key, value) }));
    });
    if (items.length > 0) groups.set(group, [...(groups.get(group) ?? []), ...items]);
  }
  return groups;
}
