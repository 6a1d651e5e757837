import { ElementError } from '@wheelhouse/element';
import type { GroupItem } from './declaration.js';
import type { ProjectFiles } from './project-files.js';
import { DEVELOPMENT_NAME, TEST_NAMES } from './requirements-settings.js';
import { isTable, TomlFile, type TomlTable } from './toml-file.js';

/**
 * Environments whose dependencies tests need, and the group that they are. `hatch test` runs in `hatch-test`, and
 * `hatch run pytest` in `default`, the environment of development.
 */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ['hatch-test', 'test'],
  ['default', DEVELOPMENT_NAME],
  ...TEST_NAMES.map((name) => [name, name] as const),
]);

/** Where environments are described: `[tool.hatch.envs]`, or `[envs]` of a hatch.toml, which counts before it. */
interface Environments {
  readonly toml: TomlFile;
  readonly at: readonly string[];
}

/**
 * What the environments for tests hold beside the project, as dependency groups: dependencies, and the project itself
 * with an environment's `features`. What an environment does not say is that of its template, `default` if it names
 * none. https://hatch.pypa.io/latest/config/environment/overview/#inheritance
 *
 * @throws ElementError METADATA
 */
export function readHatchGroups(pyproject: TomlFile, files: ProjectFiles): ReadonlyMap<string, readonly GroupItem[]> {
  const own = files.read('hatch.toml');
  const all: readonly Environments[] = [
    ...(own === undefined ? [] : [{ toml: TomlFile.parse(own, files.label('hatch.toml')), at: ['envs'] }]),
    { toml: pyproject, at: ['tool', 'hatch', 'envs'] },
  ];
  const [environments] = all.filter(({ toml, at }) => toml.tableAt(...at) !== undefined);
  const groups = new Map<string, readonly GroupItem[]>();
  if (environments === undefined) return groups;
  const project = pyproject.tableAt('project')?.name;
  for (const [environment, group] of GROUPS) {
    if (tableOf(environments, environment) === undefined) continue;
    const items = [
      ...['dependencies', 'extra-dependencies'].flatMap((key) => inherited(environments, environment, key)),
      ...inherited(environments, environment, 'features').map(({ value, origin }) => ({
        value: `${String(project)}[${value}]`,
        origin,
      })),
    ];
    if (items.length > 0) groups.set(group, [...(groups.get(group) ?? []), ...items]);
  }
  return groups;
}

type Item = Extract<GroupItem, { readonly value: string }>;

/** A list of an environment, or of those that it inherits from. */
function inherited(environments: Environments, environment: string, key: string, seen: readonly string[] = []): Item[] {
  const table = tableOf(environments, environment);
  if (table?.[key] !== undefined) return listOf(environments, environment, key, table);
  const usual = environment === 'hatch-test' || table?.detached === true ? environment : 'default';
  const template = typeof table?.template === 'string' ? table.template : usual;
  const next = [...seen, environment];
  return next.includes(template) ? [] : inherited(environments, template, key, next);
}

function listOf({ toml, at }: Environments, environment: string, key: string, table: TomlTable): Item[] {
  const path = [...at, environment];
  const list = table[key];
  if (Array.isArray(list) && list.every((item): item is string => typeof item === 'string')) {
    return list.map((value) => ({ value, origin: toml.origin(path, key, value) }));
  }
  const message = `\`${key}\` of the environment \`${environment}\` is not a list of strings`;
  throw new ElementError({ code: 'METADATA', message, origin: toml.origin(path, key) });
}

function tableOf({ toml, at }: Environments, environment: string): TomlTable | undefined {
  const table = toml.tableAt(...at)?.[environment];
  return isTable(table) ? table : undefined;
}
