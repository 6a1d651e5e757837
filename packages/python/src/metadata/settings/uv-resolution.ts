import { ElementError, type Origin } from '@wheelhouse/element';
import type { RequirementSource, ResolutionSettings } from './resolution-settings.js';
import { rowOf, UV_PIP_WITHOUT_EFFECT, UV_SETTINGS } from './setting-table.js';
import { PRERELEASE_MODES, type PrereleaseMode } from './lock-settings.js';
import { canonicalAddress, type AddressBase } from '../../requirements/address.js';
import { normalizeName } from '../../requirements/name.js';
import { formatRequirement, parseMarker, parseRequirement, type Requirement } from '../../requirements/requirement.js';
import type { ProjectFiles } from '../project-files.js';
import { isTable, type TomlFile, type TomlTable } from '../toml-file.js';

/** Where settings of uv stand: a uv.toml (`at` empty), or `[tool.uv]`. */
export interface UvSettingsFile {
  readonly toml: TomlFile;
  readonly at: readonly string[];
  /** The file relative to the project. */
  readonly name: string;
}

const TEXTS = ['resolution', 'fork-strategy', 'exclude-newer'];

/**
 * What uv's settings say of a resolution.
 *
 * @param settingsFiles those that count for the project, of its uv workspace where it is a member of one
 * @param sourceFiles where `[tool.uv.sources]` stand, the first of a name counting
 * @throws ElementError METADATA for a setting that is refused or not known, at its place
 */
export function readUvResolution(
  settingsFiles: readonly UvSettingsFile[],
  sourceFiles: readonly UvSettingsFile[],
  files: ProjectFiles,
): ResolutionSettings {
  const readers = settingsFiles.map((file) => new SettingsReader(file));
  for (const reader of readers) reader.check();
  const isWithout = readers.some((reader) => reader.flag('no-sources'));
  const sources = isWithout ? [] : sourceFiles.flatMap((each) => sourcesOf(each, files));
  const without = new Set(readers.flatMap((reader) => reader.texts('no-sources-package')).map(normalizeName));
  const prereleases = readers
    .map((reader) => reader.text('prerelease', PRERELEASE_MODES))
    .find((mode) => mode !== undefined);
  return {
    constraints: readers.flatMap((reader) => reader.requirements('constraint-dependencies')),
    buildConstraints: readers.flatMap((reader) => reader.requirements('build-constraint-dependencies')),
    ...(prereleases === undefined ? {} : { prereleases: prereleases as PrereleaseMode }),
    overrides: readers.flatMap((reader) => reader.overrides(files.base(reader.name))),
    settings: Object.assign({}, ...readers.map((reader) => reader.passed(files.base(reader.name))).reverse()) as Record<
      string,
      unknown
    >,
    sources: firstOf(sources.filter((source) => !without.has(source.package))),
  };
}

class SettingsReader {
  private readonly table: TomlTable;

  get name(): string {
    return this.file.name;
  }

  constructor(private readonly file: UvSettingsFile) {
    this.table = file.toml.tableAt(...file.at) ?? {};
  }

  check(): void {
    for (const [key, value] of Object.entries(this.table)) {
      const row = rowOf(UV_SETTINGS, key);
      const written = `\`${[...this.file.at, key].join('.')}\``;
      if (row === undefined) {
        throw this.wrong(
          `${written} is an unknown setting of uv, and may change what is locked`,
          key,
          'remove it, or set it only in the environment of uv',
        );
      }
      if (key === 'pip') {
        this.checkPip(value);
        continue;
      }
      // Some are written out with the value that uv takes anyway.
      const isUsual = value === false || (key === 'index-strategy' && value === 'first-index') || isEmpty(value);
      if (row.treatment === 'refused' && !isUsual) {
        throw this.wrong(`${written} is not supported: ${row.note}`, key, row.hint);
      }
    }
  }

  /** `[tool.uv.pip]`: what would change versions has to be what `[tool.uv]` says. */
  private checkPip(value: unknown): void {
    if (!isTable(value)) throw this.wrong('`pip` is not a table', 'pip');
    const row = rowOf(UV_SETTINGS, 'pip');
    for (const [key, own] of Object.entries(value)) {
      if (UV_PIP_WITHOUT_EFFECT.includes(key) || JSON.stringify(own) === JSON.stringify(this.table[key])) continue;
      const at = [...this.file.at, 'pip'];
      throw new ElementError({
        code: 'METADATA',
        message: `\`${[...at, key].join('.')}\` is not supported: only for \`uv pip\``,
        origin: this.file.toml.origin(at, key),
        hint: row?.hint,
      });
    }
  }

  flag(key: string): boolean {
    return this.table[key] === true;
  }

  text(key: string, known?: readonly string[]): string | undefined {
    const value = this.table[key];
    if (value === undefined) return undefined;
    if (value instanceof Date) return value.toISOString();
    if (typeof value !== 'string') throw this.wrong(`\`${key}\` is not a string`, key);
    if (known?.includes(value) === false) {
      throw this.wrong(`\`${key}\` is \`${value}\``, key, `it must be one of \`${known.join('`, `')}\``);
    }
    return value;
  }

  texts(key: string): readonly string[] {
    const value = this.table[key] ?? [];
    if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
    throw this.wrong(`\`${key}\` is not a list of strings`, key);
  }

  requirements(key: string): Requirement[] {
    return this.texts(key).map((text) => parseRequirement(text, this.origin(key, text)));
  }

  /** @param base where paths begin */
  passed(base: AddressBase): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (const key of TEXTS) {
      const value = this.text(key);
      if (value !== undefined) found[key] = value;
    }
    const overrides = this.overrides(base).map(formatRequirement);
    if (overrides.length > 0) found['override-dependencies'] = [...new Set(overrides)].sort();
    const environments =
      typeof this.table.environments === 'string' ? [this.table.environments] : this.texts('environments');
    for (const text of environments) parseMarker(text, this.origin('environments', text));
    if (environments.length > 0) found.environments = environments;
    const perPackage = this.table['exclude-newer-package'];
    if (perPackage !== undefined) found['exclude-newer-package'] = this.datesOf(perPackage);
    return found;
  }

  /** @param base where paths begin */
  overrides(base: AddressBase): Requirement[] {
    return this.requirements('override-dependencies').map((each) =>
      each.url === undefined ? each : { ...each, url: canonicalAddress(each.url, base) },
    );
  }

  private datesOf(value: unknown): Record<string, unknown> {
    const key = 'exclude-newer-package';
    if (!isTable(value)) throw this.wrong(`\`${key}\` is not a table`, key);
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, date]) => {
          if (date instanceof Date) return [normalizeName(name), date.toISOString()] as const;
          if (typeof date !== 'string' && date !== false) throw this.wrong(`\`${key}.${name}\` is not a date`, key);
          return [normalizeName(name), date] as const;
        })
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  private origin(key: string, text?: string): Origin {
    return this.file.toml.origin(this.file.at, key, text);
  }

  private wrong(message: string, key: string, hint?: string): ElementError {
    return new ElementError({ code: 'METADATA', message, origin: this.origin(key), hint });
  }
}

/** `[tool.uv.sources]` that lead elsewhere than to an index. */
function sourcesOf({ toml, at, name: file }: UvSettingsFile, files: ProjectFiles): RequirementSource[] {
  const path = [...at, 'sources'];
  return Object.entries(toml.tableAt(...path) ?? {}).flatMap(([name, value]) => {
    const origin = toml.origin(path, name);
    const wrong = (message: string, hint?: string): ElementError =>
      new ElementError({ code: 'METADATA', message: `the source of \`${name}\` ${message}`, origin, hint });
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
    const tables = entries.map((entry) => {
      if (!isTable(entry)) throw wrong('is not a table');
      return entry;
    });
    const led = tables.filter((table) => table.index === undefined);
    if (led.length === 0) return [];
    const [table = {}] = led;
    const limit = ['marker', 'extra', 'group'].find((key) => table[key] !== undefined);
    if (tables.length > 1 || limit !== undefined) {
      throw wrong(
        limit === undefined ? 'is a list' : `has a \`${limit}\``,
        'a distribution can only come from one source; write the URL into the requirement: `name @ ADDRESS ; marker`',
      );
    }
    const url = addressOf(table, wrong);
    const packageName = normalizeName(name);
    if (url === undefined) return [{ package: packageName, origin }];
    return [{ package: packageName, url: canonicalAddress(url, files.base(file)), origin }];
  });
}

function addressOf(table: TomlTable, wrong: (message: string, hint?: string) => ElementError): string | undefined {
  const text = (key: string): string | undefined => {
    const value = table[key];
    if (value === undefined || typeof value === 'string') return value;
    throw wrong(`has a \`${key}\` that is not a string`);
  };
  const subdirectory = text('subdirectory');
  const fragment = subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`;
  const git = text('git');
  if (git !== undefined) {
    const revision = text('rev') ?? text('tag') ?? text('branch');
    return `git+${git.replace(/^git\+/, '')}${revision === undefined ? '' : `@${revision}`}${fragment}`;
  }
  const [url, path] = [text('url'), text('path')];
  if (url !== undefined) return `${url}${fragment}`;
  if (path !== undefined) return path.startsWith('/') ? path : `./${path}`;
  if (table.workspace === true) return undefined;
  throw wrong('has no location', 'it must have one of `git`, `url`, `path`, `index` or `workspace = true`');
}

function firstOf(sources: readonly RequirementSource[]): RequirementSource[] {
  const first = new Map<string, RequirementSource>();
  for (const source of sources) if (!first.has(source.package)) first.set(source.package, source);
  return [...first.values()];
}

function isEmpty(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || (isTable(value) && Object.keys(value).length === 0);
}
