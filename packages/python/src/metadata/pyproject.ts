import { ElementError, type Origin } from '@wheelhouse/element';
import type { Declaration, Field, GroupItem, Placed } from './declaration.js';
import { parseEntryPoints, tableEntryPoints, type EntryPoints } from './entry-points.js';
import { readHatchGroups } from './hatch-table.js';
import { readPdmGroups } from './pdm-table.js';
import { isPoetryBackend, readPoetryTable, type PoetryTable } from './poetry/poetry-table.js';
import type { ProjectFiles } from './project-files.js';
import { DEFAULT_BACKEND, DEFAULT_BUILD_REQUIREMENT, readsSetupPy } from './build-system.js';
import { requirementLines } from './requirements-file.js';
import { normalizeName } from '../requirements/name.js';
import { isTable, TomlFile, type TomlTable } from './toml-file.js';

/** What pyproject.toml says, requirements still as text. */
export interface Pyproject {
  /** `[project]`, with setuptools' static `dynamic` values put in; absent if there is no such table. */
  readonly project?: Declaration;
  /** Fields that `project.dynamic` hands to the backend and that were not found statically. */
  readonly dynamic: ReadonlySet<string>;
  /** `[dependency-groups]`, and those of Poetry's table with them. */
  readonly groups: ReadonlyMap<string, readonly GroupItem[]>;
  readonly buildRequires: readonly Placed<string>[];
  readonly backend: string;
  readonly backendPath: readonly string[];
  readonly buildSystemOrigin: Origin;
  /** `[tool.poetry]`, where Poetry's backend reads it. */
  readonly poetry?: PoetryTable;
  /** Where that table stands although another backend builds the project. */
  readonly unreadPoetry?: Origin;
}

/**
 * Reads pyproject.toml (PEP 518, PEP 621, PEP 735).
 *
 * @throws ElementError METADATA at the place of what is wrong
 */
export function readPyproject(files: ProjectFiles): Pyproject {
  const name = 'pyproject.toml';
  const toml = TomlFile.parse(files.read(name) ?? '', files.label(name));
  const reader = new PyprojectReader(toml, files);
  const project = toml.tableAt('project');
  const dynamic = new Set(
    project === undefined ? [] : reader.strings(project, ['project'], 'dynamic').map((item) => item.value),
  );
  const buildSystem = reader.buildSystem();
  const poetry = isPoetryBackend(buildSystem.backend) ? readPoetryTable(toml) : undefined;
  const isUnread = poetry === undefined && toml.tableAt('tool', 'poetry') !== undefined;
  const declaration = project === undefined ? undefined : reader.project(project, dynamic);
  return {
    ...(declaration === undefined ? {} : { project: declaration }),
    dynamic,
    groups: [poetry?.groups ?? new Map(), readPdmGroups(toml), readHatchGroups(toml, files)].reduce(
      withGroups,
      reader.groups(),
    ),
    ...buildSystem,
    ...(poetry === undefined ? {} : { poetry }),
    ...(isUnread ? { unreadPoetry: toml.origin(['tool', 'poetry']) } : {}),
  };
}

/** `[tool.uv]`'s list of before there were dependency groups. */
const UV_DEV = ['tool', 'uv'];

/** A group that stands in both tables holds what either says, as to Poetry. */
function withGroups(groups: Pyproject['groups'], more: Pyproject['groups']): Pyproject['groups'] {
  const all = new Map(groups);
  for (const [name, items] of more) {
    const known = [...all.keys()].find((each) => normalizeName(each) === normalizeName(name)) ?? name;
    all.set(known, [...(all.get(known) ?? []), ...items]);
  }
  return all;
}

class PyprojectReader {
  constructor(
    private readonly toml: TomlFile,
    private readonly files: ProjectFiles,
  ) {}

  private get isSetuptools(): boolean {
    const backend = this.toml.tableAt('build-system')?.['build-backend'];
    return readsSetupPy(typeof backend === 'string' ? backend : DEFAULT_BACKEND);
  }

  project(table: TomlTable, dynamic: Set<string>): Declaration {
    const at = ['project'];
    const placed = (key: string): Placed<string> | undefined => this.text(table, at, key);
    for (const key of dynamic) {
      if (Object.hasOwn(table, key)) {
        throw this.error(`\`${key}\` is set, but also listed in \`dynamic\``, this.toml.origin(at, 'dynamic', key));
      }
    }
    if (!Object.hasOwn(table, 'version') && !dynamic.has('version')) {
      throw this.error('`project` neither has a `version` nor lists it in `dynamic`', this.toml.origin(at));
    }
    const name = placed('name');
    if (name === undefined) throw this.error('`project` has no `name`', this.toml.origin(at));
    const optional = this.toml.tableAt('project', 'optional-dependencies');
    const found = { dependencies: this.dynamicList(dynamic, 'dependencies'), extras: this.dynamicExtras(dynamic) };
    return {
      name,
      version: placed('version') ?? this.dynamicText(dynamic, 'version'),
      description: placed('description'),
      requiresPython: placed('requires-python'),
      dependencies: Object.hasOwn(table, 'dependencies')
        ? { value: this.strings(table, at, 'dependencies'), origin: this.toml.origin(at, 'dependencies') }
        : found.dependencies,
      extras:
        optional === undefined
          ? found.extras
          : {
              value: new Map(
                Object.keys(optional).map((extra) => [
                  extra,
                  this.strings(optional, ['project', 'optional-dependencies'], extra),
                ]),
              ),
              origin: this.toml.origin(['project', 'optional-dependencies']),
            },
      entryPoints: this.entryPoints(table) ?? this.dynamicEntryPoints(dynamic),
      readme: this.readme(table) ?? this.dynamicReadme(dynamic),
    };
  }

  private entryPoints(table: TomlTable): Field<EntryPoints> {
    const groups: Record<string, Record<string, string>> = {};
    if (isTable(table.scripts)) groups.console_scripts = tableEntryPoints(table.scripts);
    if (isTable(table['gui-scripts'])) groups.gui_scripts = tableEntryPoints(table['gui-scripts']);
    const more = table['entry-points'];
    for (const [group, entries] of Object.entries(isTable(more) ? more : {})) groups[group] = tableEntryPoints(entries);
    const [key] = ['scripts', 'gui-scripts', 'entry-points'].filter((name) => isTable(table[name]));
    if (key === undefined) return undefined;
    return { value: groups, origin: this.toml.origin(['project'], key) };
  }

  private readme(table: TomlTable): Field<readonly string[]> {
    const { readme } = table;
    const { file, text } = isTable(readme) ? readme : { file: readme, text: undefined };
    const origin = this.toml.origin(['project'], 'readme');
    if (typeof file === 'string') return { value: [file], origin };
    return typeof text === 'string' && text.trim() !== '' ? { value: [], origin } : undefined;
  }

  private dynamicEntryPoints(dynamic: Set<string>): Field<EntryPoints> {
    const field = this.dynamicText(dynamic, 'entry-points');
    return field === undefined || 'why' in field ? undefined : { ...field, value: parseEntryPoints(field.value) };
  }

  private dynamicReadme(dynamic: Set<string>): Field<readonly string[]> {
    const at = ['tool', 'setuptools', 'dynamic'];
    const entry = dynamic.has('readme') && this.isSetuptools ? this.toml.tableAt(...at)?.readme : undefined;
    const named: unknown = isTable(entry) ? entry.file : undefined;
    const files = (Array.isArray(named) ? (named as unknown[]) : [named]).filter((name) => typeof name === 'string');
    return files.length === 0 ? undefined : { value: files, origin: this.toml.origin(at, 'readme') };
  }

  groups(): Pyproject['groups'] {
    const at = ['dependency-groups'];
    const uv = this.toml.tableAt(...UV_DEV) ?? {};
    const old = Object.hasOwn(uv, 'dev-dependencies') ? this.strings(uv, UV_DEV, 'dev-dependencies') : [];
    const table = this.toml.tableAt(...at) ?? {};
    const groups = new Map<string, readonly GroupItem[]>(
      Object.entries(table).map(([group, list]) => {
        const origin = this.toml.origin(at, group);
        if (!Array.isArray(list)) throw this.error(`the group \`${group}\` is not a list`, origin);
        const items = list.map((item: unknown) => {
          if (typeof item === 'string') return { value: item, origin: this.toml.origin(at, group, item) };
          const include = isTable(item) ? item['include-group'] : undefined;
          if (isTable(item) && typeof include === 'string' && Object.keys(item).length === 1)
            return { include, origin };
          throw this.error(
            `the group \`${group}\` contains an item that is neither a requirement nor an \`include-group\``,
            origin,
          );
        });
        return [group, items];
      }),
    );
    return withGroups(groups, new Map(old.length === 0 ? [] : [['dev', old]]));
  }

  buildSystem(): Pick<Pyproject, 'buildRequires' | 'backend' | 'backendPath' | 'buildSystemOrigin'> {
    const at = ['build-system'];
    const table = this.toml.tableAt(...at);
    const origin = this.toml.origin(at);
    if (table === undefined) {
      return {
        buildRequires: [{ value: DEFAULT_BUILD_REQUIREMENT, origin }],
        backend: DEFAULT_BACKEND,
        backendPath: [],
        buildSystemOrigin: origin,
      };
    }
    if (!Object.hasOwn(table, 'requires')) throw this.error('`build-system` has no `requires`', origin);
    const backendPath = this.strings(table, at, 'backend-path');
    for (const path of backendPath) {
      if (!this.files.holds(path.value)) {
        throw this.error(`the \`backend-path\` \`${path.value}\` is not inside the project`, path.origin);
      }
    }
    return {
      buildRequires: this.strings(table, at, 'requires'),
      backend: this.text(table, at, 'build-backend')?.value ?? DEFAULT_BACKEND,
      backendPath: backendPath.map((path) => path.value),
      buildSystemOrigin: origin,
    };
  }

  text(table: TomlTable, at: readonly string[], key: string): Placed<string> | undefined {
    if (!Object.hasOwn(table, key)) return undefined;
    const value = table[key];
    const origin = this.toml.origin(at, key);
    if (typeof value !== 'string') throw this.error(`\`${[...at, key].join('.')}\` is not a string`, origin);
    return { value, origin };
  }

  strings(table: TomlTable, at: readonly string[], key: string): Placed<string>[] {
    const list = Object.hasOwn(table, key) ? table[key] : [];
    const fail = (): never => {
      throw this.error(`\`${[...at, key].join('.')}\` is not a list of strings`, this.toml.origin(at, key));
    };
    if (!Array.isArray(list)) return fail();
    return list.map((item: unknown) =>
      typeof item === 'string' ? { value: item, origin: this.toml.origin(at, key, item) } : fail(),
    );
  }

  /** `[tool.setuptools.dynamic]`: what it takes from files is static, what it takes from code is not. */
  private dynamicText(dynamic: Set<string>, key: string): Field<string> {
    const found = this.dynamicFiles(dynamic, ['tool', 'setuptools', 'dynamic'], key);
    if (found === undefined || 'why' in found) return found;
    return { value: found.value.map(([, text]) => text.trim()).join('\n'), origin: found.origin };
  }

  private dynamicList(dynamic: Set<string>, key: string): Field<readonly Placed<string>[]> {
    return this.requirementFiles(dynamic, ['tool', 'setuptools', 'dynamic'], key);
  }

  private dynamicExtras(dynamic: Set<string>): Declaration['extras'] {
    const key = 'optional-dependencies';
    const at = ['tool', 'setuptools', 'dynamic', key];
    const table = dynamic.has(key) && this.isSetuptools ? this.toml.tableAt(...at) : undefined;
    if (table === undefined) return undefined;
    const extras = new Map<string, readonly Placed<string>[]>();
    for (const extra of Object.keys(table)) {
      const list = this.requirementFiles(new Set([extra]), at, extra);
      if (list === undefined) continue;
      if (!('value' in list)) return list;
      extras.set(extra, list.value);
    }
    dynamic.delete(key);
    return { value: extras, origin: this.toml.origin(at) };
  }

  private requirementFiles(dynamic: Set<string>, at: readonly string[], key: string): Field<readonly Placed<string>[]> {
    const found = this.dynamicFiles(dynamic, at, key);
    if (found === undefined || 'why' in found) return found;
    return {
      value: found.value.flatMap(([name, text]) => requirementLines(text, this.files.label(name))),
      origin: found.origin,
    };
  }

  private dynamicFiles(
    dynamic: Set<string>,
    at: readonly string[],
    key: string,
  ): Field<readonly (readonly [name: string, text: string])[]> {
    const entry = dynamic.has(key) && this.isSetuptools ? this.toml.tableAt(...at)?.[key] : undefined;
    if (!isTable(entry)) return undefined;
    const origin = this.toml.origin(at, key);
    const named = entry.file;
    if (named === undefined) return { origin, why: `\`${at.join('.')}.${key}\` is computed when the project is built` };
    const texts: [string, string][] = [];
    for (const name of Array.isArray(named) ? (named as unknown[]) : [named]) {
      const text = typeof name === 'string' && this.files.holds(name) ? this.files.read(name) : undefined;
      if (typeof name !== 'string' || text === undefined) {
        throw this.error(
          `\`${at.join('.')}.${key}\` refers to the file \`${String(name)}\`, which does not exist in the project`,
          origin,
        );
      }
      texts.push([name, text]);
    }
    dynamic.delete(key);
    return { value: texts, origin };
  }

  private error(message: string, origin: Origin): ElementError {
    return new ElementError({ code: 'METADATA', message, origin });
  }
}
