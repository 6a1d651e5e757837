import { ElementError, ElementErrors, type Origin } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { poetryDependency, type Place, type PoetryDependency } from './dependency.js';
import { poetryRequiresPython } from './python.js';
import { normalizeName } from '../../requirements/name.js';
import type { Declaration, Field, GroupItem, Placed } from '../declaration.js';
import type { IndexBinding } from '../index-binding.js';
import { tableEntryPoints, type EntryPoints } from '../entry-points.js';
import { isTable, type TomlFile, type TomlTable } from '../toml-file.js';
import type { UvIndex, UvTable } from '../uv-table.js';

/** What `[tool.poetry]` says of a project, in the terms of the standards. */
export interface PoetryTable {
  readonly origin: Origin;
  readonly declaration: Declaration;
  /** Every entry of its `dependencies`, optional ones too. */
  readonly all: readonly PoetryDependency[];
  /** Its groups, `dev-dependencies` as `dev`. */
  readonly groups: ReadonlyMap<string, readonly GroupItem[]>;
  /** `[[tool.poetry.source]]`, as indexes that nothing is asked for but what is bound to them. */
  readonly sources: readonly UvIndex[];
  /** Those of them that every name is asked of, as uv would have them; absent if there are none. */
  readonly indexes?: UvTable;
  /** Dependencies with a `source`. */
  readonly bindings: readonly IndexBinding[];
}

/** Whether a backend reads `[tool.poetry]`: Poetry's own, and the one of poetry-dynamic-versioning around it. */
export function isPoetryBackend(backend: unknown): boolean {
  return typeof backend === 'string' && /^poetry(?:\.|_dynamic_versioning\.)/.test(backend);
}

const AT = ['tool', 'poetry'];

/**
 * Reads `[tool.poetry]` as poetry-core does: name, version, description, dependencies, extras and groups.
 * https://python-poetry.org/docs/pyproject/
 *
 * @returns `undefined` if there is no such table
 * @throws ElementError METADATA, all that are wrong at once
 */
export function readPoetryTable(toml: TomlFile): PoetryTable | undefined {
  const table = toml.tableAt(...AT);
  if (table === undefined) return undefined;
  const reader = new PoetryReader(toml);
  const all = reader.dependencies([...AT, 'dependencies']);
  const declaration = reader.declaration(table, all);
  const read = { origin: toml.origin(AT), declaration, all, groups: reader.groups(table) };
  const sources = reader.sources(table);
  const indexes = reader.indexes(table);
  reader.checkPackage(table);
  throwCollected(reader.errors);
  return { ...read, sources, ...(indexes === undefined ? {} : { indexes }), bindings: reader.bindings };
}

type NamedDependency = PoetryDependency & { readonly name: string };

class PoetryReader {
  readonly errors: ElementError[] = [];
  readonly bindings: IndexBinding[] = [];

  constructor(private readonly toml: TomlFile) {}

  declaration(table: TomlTable, dependencies: readonly NamedDependency[]): Declaration {
    const ofExtras = this.extras(dependencies);
    const inExtras = new Set([...ofExtras.values()].flat());
    const python = this.python();
    return {
      name: this.text(table, 'name'),
      // poetry-dynamic-versioning has another one in its place when it builds.
      version: this.isVersionedByGit() ? undefined : this.text(table, 'version'),
      description: this.text(table, 'description'),
      requiresPython: python,
      dependencies: {
        value: dependencies
          .filter((dependency) => !dependency.optional && !inExtras.has(dependency))
          .map(({ text, origin }) => ({ value: text, origin })),
        origin: this.toml.origin([...AT, 'dependencies']),
      },
      extras: {
        value: new Map(
          [...ofExtras].map(([extra, list]) => [extra, list.map(({ text, origin }) => ({ value: text, origin }))]),
        ),
        origin: this.toml.origin([...AT, 'extras']),
      },
      entryPoints: this.entryPoints(table),
      readme: this.readme(table),
    };
  }

  private entryPoints({ scripts, plugins }: TomlTable): Field<EntryPoints> {
    const groups = Object.entries(isTable(plugins) ? plugins : {}).map(
      ([group, entries]) => [group, tableEntryPoints(entries)] as const,
    );
    const own = isTable(scripts) ? { console_scripts: tableEntryPoints(scripts) } : {};
    if (groups.length === 0 && !isTable(scripts)) return undefined;
    const origin = isTable(scripts) ? this.toml.origin([...AT, 'scripts']) : this.toml.origin(AT, 'plugins');
    return { value: { ...own, ...Object.fromEntries(groups) }, origin };
  }

  private readme({ readme }: TomlTable): Field<readonly string[]> {
    const list: readonly unknown[] = Array.isArray(readme) ? readme : [readme];
    const files = list.filter((name) => typeof name === 'string');
    return files.length === 0 ? undefined : { value: files, origin: this.toml.origin(AT, 'readme') };
  }

  groups(table: TomlTable): ReadonlyMap<string, readonly GroupItem[]> {
    const names = Object.keys(this.toml.tableAt(...AT, 'group') ?? {});
    const groups = new Map<string, readonly GroupItem[]>(
      names.map((group) => {
        const at = [...AT, 'group', group];
        const own = this.dependencies([...at, 'dependencies']).map(({ text, origin }) => ({ value: text, origin }));
        const includes = this.toml.tableAt(...at)?.['include-groups'] ?? [];
        const included = this.collect(() => this.strings(includes, 'include-groups', this.toml.origin(at)), []);
        return [group, [...own, ...included.map((include) => ({ include, origin: this.toml.origin(at) }))]];
      }),
    );
    if (!Object.hasOwn(table, 'dev-dependencies')) return groups;
    const old = this.dependencies([...AT, 'dev-dependencies']).map(({ text, origin }) => ({ value: text, origin }));
    return groups.set('dev', [...(groups.get('dev') ?? []), ...old]);
  }

  dependencies(at: readonly string[]): NamedDependency[] {
    return Object.entries(this.toml.tableAt(...at) ?? {}).flatMap(([name, value]) => {
      if (name.toLowerCase() === 'python') return [];
      const place: Place = (text) => this.toml.origin(at, name, text);
      return (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((each) =>
        this.collect(() => [this.bound({ ...poetryDependency(name, each, place), name: normalizeName(name) })], []),
      );
    });
  }

  private bound(dependency: NamedDependency): NamedDependency {
    const { name, source, origin } = dependency;
    if (source !== undefined) this.bindings.push({ package: name, index: source, origin });
    return dependency;
  }

  private extras(dependencies: readonly NamedDependency[]): Map<string, PoetryDependency[]> {
    const at = [...AT, 'extras'];
    const extras = this.toml.tableAt(...at) ?? {};
    return new Map(
      Object.entries(extras).map(([extra, value]) => {
        const origin = this.toml.origin(at, extra);
        const names = this.collect(() => this.strings(value, extra, origin), []);
        return [
          extra,
          names.flatMap((name) => {
            const found = dependencies.filter((dependency) => dependency.name === normalizeName(name));
            if (found.length > 0) return found;
            const place = this.toml.origin(at, extra, name);
            this.fail(`the extra \`${extra}\` lists \`${name}\`, which is not a dependency`, place);
            return [];
          }),
        ];
      }),
    );
  }

  sources(table: TomlTable): UvIndex[] {
    const sources: readonly unknown[] = Array.isArray(table.source) ? table.source : [];
    return sources.flatMap((source) => {
      if (!isTable(source) || typeof source.name !== 'string' || typeof source.url !== 'string') return [];
      return [{ name: source.name, url: source.url, isDefault: false, isExplicit: true }];
    });
  }

  /** Sources without a priority are `primary`: they stand for the index that there is without any, the last one last. */
  indexes(table: TomlTable): UvTable | undefined {
    const all: readonly unknown[] = Array.isArray(table.source) ? table.source : [];
    const asked = all.filter(isTable).filter(({ priority }) => priority !== 'explicit');
    const origin = this.toml.origin(AT, 'source');
    for (const { name, priority, url } of asked) {
      if (['primary', 'default', undefined].includes(priority as string | undefined) || url === undefined) continue;
      this.errors.push(
        new ElementError({
          code: 'METADATA',
          message: `the source \`${String(name)}\` is \`${String(priority)}\`, which is not supported: a distribution comes from the first index that has its name`,
          origin,
          hint: 'make it `explicit`, and set `source` for the dependencies from it',
        }),
      );
    }
    const own = asked.flatMap(({ name, url }) => (typeof url === 'string' ? [{ name: String(name), url }] : []));
    if (own.length === 0) return undefined;
    const keepsUsual = asked.some(({ name }) => typeof name === 'string' && name.toLowerCase() === 'pypi');
    const indexes = own.map((index, at) => ({
      ...index,
      isDefault: !keepsUsual && at === own.length - 1,
      isExplicit: false,
    }));
    return { indexes, extraIndexUrls: [], findLinks: [], insecureHosts: [], noIndex: false };
  }

  checkPackage(table: TomlTable): void {
    if (table['package-mode'] !== false) return;
    this.errors.push(
      new ElementError({
        code: 'METADATA',
        message: '`tool.poetry.package-mode` is `false`: the project has no package to build',
        origin: this.toml.origin(AT, 'package-mode'),
        hint: 'exclude the project (option `exclude`)',
      }),
    );
  }

  private python(): Placed<string> | undefined {
    const at = [...AT, 'dependencies'];
    const [key, value] = Object.entries(this.toml.tableAt(...at) ?? {}).find(
      ([name]) => name.toLowerCase() === 'python',
    ) ?? [''];
    if (value === undefined) return undefined;
    const origin = this.toml.origin(at, key);
    if (typeof value !== 'string') {
      this.fail('`python` is not a string', origin);
      return undefined;
    }
    const specifier = this.collect(() => poetryRequiresPython(value, origin), '');
    return specifier === '' ? undefined : { value: specifier, origin };
  }

  private isVersionedByGit(): boolean {
    return this.toml.tableAt('tool', 'poetry-dynamic-versioning')?.enable === true;
  }

  private text(table: TomlTable, key: string): Placed<string> | undefined {
    const value = table[key];
    if (value === undefined) return undefined;
    const origin = this.toml.origin(AT, key);
    if (typeof value === 'string') return { value, origin };
    this.fail(`\`tool.poetry.${key}\` is not a string`, origin);
    return undefined;
  }

  private strings(value: unknown, key: string, origin: Origin): string[] {
    if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
    throw new ElementError({ code: 'METADATA', message: `\`${key}\` is not a list of strings`, origin });
  }

  private collect<T>(read: () => T, fallback: T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof ElementErrors) this.errors.push(...error.errors);
      else if (error instanceof ElementError) this.errors.push(error);
      else throw error;
      return fallback;
    }
  }

  private fail(message: string, origin: Origin): void {
    this.errors.push(new ElementError({ code: 'METADATA', message, origin }));
  }
}
