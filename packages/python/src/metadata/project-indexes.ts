import picomatch from 'picomatch';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { enrichmentOf, type Enrichment } from './poetry/enrichment.js';
import { isPoetryBackend, readPoetryTable, type PoetryTable } from './poetry/poetry-table.js';
import { readPdmIndexes, readPdmResolution } from './pdm-table.js';
import { readExtraBuildDependencies } from './extra-build-dependencies.js';
import type { ProjectFiles } from './project-files.js';
import type { ToolSettings } from './tool-settings.js';
import type { ResolutionSettings } from './settings/resolution-settings.js';
import { readUvResolution, type UvSettingsFile } from './settings/uv-resolution.js';
import { isTable, TomlFile } from './toml-file.js';
import { readUvTable, type UvIndex, type UvTable } from './uv-table.js';
import { normalizeName } from '../requirements/name.js';
import type { IndexBinding, ProjectIndexes } from './index-binding.js';

const PYPROJECT = 'pyproject.toml';
const UV = ['tool', 'uv'];

/**
 * Reads the settings of uv, Poetry and PDM in a project's files: uv's settings are those of the uv workspace that the
 * project is a member of, or else those of the nearest directory that has some, up to the workspace's; a uv.toml
 * replaces the `[tool.uv]` beside it. `[tool.uv.sources]` of the project count before those of its uv workspace.
 * https://docs.astral.sh/uv/concepts/indexes/, https://docs.astral.sh/uv/concepts/configuration-files/
 *
 * @returns without what they say nothing of
 * @throws ElementError METADATA, also for a setting that is refused or not known
 */
export function readToolSettings(files: ProjectFiles): ToolSettings {
  const levels = uvLevels(files);
  const [settingsFile] = levels.settings?.settingsFiles() ?? [];
  const uvFiles = [levels.levels[0], levels.root, levels.settings]
    .flatMap((level) => level?.settingsFiles() ?? [])
    .map(({ name }) => files.label(name));
  const indexes = readIndexes(levels);
  const extraBuild = settingsFile === undefined ? undefined : readExtraBuildDependencies(settingsFile);
  const resolution = readResolution(levels, files);
  return {
    ...(indexes === undefined ? {} : { indexes }),
    ...(extraBuild === undefined ? {} : { extraBuild }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(settingsFile === undefined ? {} : { uvSettings: files.label(settingsFile.name) }),
    ...(uvFiles.length === 0 ? {} : { uvFiles: [...new Set(uvFiles)].sort() }),
  };
}

function readIndexes({ levels, root, settings }: UvLevels): ProjectIndexes | undefined {
  const own = levels[0]?.pyproject;
  const poetry = poetryOf(own);
  const table = settings?.table() ?? poetry?.indexes ?? (own === undefined ? undefined : readPdmIndexes(own));
  const pyprojects = [own, root?.pyproject].filter((toml) => toml !== undefined);
  const named = [
    ...(levels[0]?.named() ?? []),
    ...(root?.named() ?? []),
    ...(table?.indexes ?? []),
    ...(poetry?.sources ?? []),
  ].filter(({ name }) => name !== undefined);
  const bindings = [...pyprojects.flatMap(bindingsOf), ...(poetry?.bindings ?? [])];
  if (table === undefined && bindings.length === 0) return undefined;
  return { ...(table === undefined ? {} : { table }), named, bindings: firstOf(bindings) };
}

function poetryOf(own: TomlFile | undefined): PoetryTable | undefined {
  return own === undefined || !isPoetryBackend(own.tableAt('build-system')?.['build-backend'])
    ? undefined
    : readPoetryTable(own);
}

/** What Poetry's table says beside a `[project]` with dependencies of its own. */
function enrichment(own: TomlFile | undefined, files: ProjectFiles): Enrichment {
  const project = own?.tableAt('project');
  const isListed = ['dependencies', 'optional-dependencies'].some((key) => project?.[key] !== undefined);
  const poetry = isListed ? poetryOf(own) : undefined;
  return poetry === undefined ? { sources: [], constraints: [] } : enrichmentOf(poetry, files.base(PYPROJECT));
}

function readResolution({ levels, root, settings }: UvLevels, files: ProjectFiles): ResolutionSettings | undefined {
  const own = levels[0]?.settingsFiles().filter(({ at }) => at.length > 0) ?? [];
  const ofRoot = root === levels[0] ? [] : (root?.settingsFiles().filter(({ at }) => at.length > 0) ?? []);
  const uv = readUvResolution(settings?.settingsFiles() ?? [], [...own, ...ofRoot], files);
  const pdm = levels[0]?.pyproject === undefined ? {} : readPdmResolution(levels[0].pyproject, files.base(PYPROJECT));
  const poetry = enrichment(levels[0]?.pyproject, files);
  const all = {
    ...uv,
    settings: { ...pdm.settings, ...uv.settings },
    overrides: [...(uv.overrides ?? []), ...(pdm.overrides ?? [])],
    constraints: [...uv.constraints, ...poetry.constraints],
    sources: [...uv.sources, ...poetry.sources],
  };
  const prereleases = uv.prereleases ?? pdm.prereleases;
  const isEmpty =
    prereleases === undefined &&
    Object.keys(all.settings).length === 0 &&
    [all.constraints, all.buildConstraints, all.sources].every((list) => list.length === 0);
  return isEmpty ? undefined : { ...all, ...(prereleases === undefined ? {} : { prereleases }) };
}

interface UvLevels {
  /** The project's directory and those above it, up to the workspace's. */
  readonly levels: readonly Level[];
  /** The root of the uv workspace that the project is a member of. */
  readonly root: Level | undefined;
  /** The one whose settings count. */
  readonly settings: Level | undefined;
}

function uvLevels(files: ProjectFiles): UvLevels {
  const levels = directories(files).map((directory) => new Level(files, directory));
  const root = levels.find((level) => level.isRootOf(files));
  return { levels, root, settings: root ?? levels.find((level) => level.hasSettings()) };
}

/** The project's directory and those above it in the workspace, relative to the project. */
function directories({ root }: ProjectFiles): string[] {
  const depth = root === '.' || root === '' ? 0 : root.split('/').length;
  return Array.from({ length: depth + 1 }, (_, index) => posix.join('.', ...Array<string>(index).fill('..')));
}

/** One directory with its files. */
class Level {
  readonly pyproject: TomlFile | undefined;
  private readonly uvToml: TomlFile | undefined;

  constructor(
    private readonly files: ProjectFiles,
    private readonly directory: string,
  ) {
    this.pyproject = open(files, posix.join(directory, PYPROJECT));
    this.uvToml = open(files, posix.join(directory, 'uv.toml'));
  }

  hasSettings(): boolean {
    return this.uvToml !== undefined || this.pyproject?.tableAt(...UV) !== undefined;
  }

  table(): UvTable | undefined {
    if (this.uvToml !== undefined) return readUvTable(this.uvToml, [], this.absolute);
    return this.pyproject === undefined ? undefined : readUvTable(this.pyproject, UV, this.absolute);
  }

  /** The files with settings: uv.toml before `[tool.uv]`, which uv reads for what a uv.toml cannot say. */
  settingsFiles(): UvSettingsFile[] {
    const name = posix.join(this.directory, PYPROJECT);
    const table = this.pyproject?.tableAt(...UV);
    return [
      ...(this.uvToml === undefined
        ? []
        : [{ toml: this.uvToml, at: [], name: posix.join(this.directory, 'uv.toml') }]),
      ...(this.pyproject === undefined || table === undefined ? [] : [{ toml: this.pyproject, at: UV, name }]),
    ];
  }

  /** The indexes that `[tool.uv.sources]` may refer to here, even with a uv.toml. */
  named(): readonly UvIndex[] {
    return this.pyproject === undefined ? [] : readUvTable(this.pyproject, UV, this.absolute).indexes;
  }

  private get absolute(): string {
    const { workspace, directory } = this.files.base(posix.join(this.directory, PYPROJECT));
    return join(workspace, directory);
  }

  /** Whether a uv workspace begins here that the project is a member of. */
  isRootOf({ root }: ProjectFiles): boolean {
    const workspace = this.pyproject?.tableAt(...UV, 'workspace');
    if (workspace === undefined) return false;
    const member = posix.relative(this.files.label(this.directory), root === '' ? '.' : root);
    const globs = (key: string): string[] => {
      const value = workspace[key];
      return Array.isArray(value) ? value.map(String).map((glob) => posix.normalize(glob).replace(/\/$/, '')) : [];
    };
    return member === '' || (picomatch(globs('members'))(member) && !picomatch(globs('exclude'))(member));
  }
}

function open(files: ProjectFiles, name: string): TomlFile | undefined {
  const text = files.read(name);
  return text === undefined ? undefined : TomlFile.parse(text, files.label(name));
}

/** `[tool.uv.sources]`, as far as it names indexes. */
function bindingsOf(toml: TomlFile): IndexBinding[] {
  const at = [...UV, 'sources'];
  return Object.entries(toml.tableAt(...at) ?? {}).flatMap(([name, value]) => {
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
    const origin = toml.origin(at, name);
    const indexes = new Set(
      entries.flatMap((entry) => (isTable(entry) && typeof entry.index === 'string' ? [entry.index] : [])),
    );
    if (indexes.size > 1) {
      throw new ElementError({
        code: 'METADATA',
        message: `\`${name}\` comes from several indexes: \`${[...indexes].join('`, `')}\``,
        origin,
        hint: 'a distribution can only come from one index, whatever its markers are',
      });
    }
    return [...indexes].map((index) => ({ package: normalizeName(name), index, origin }));
  });
}

function firstOf(bindings: readonly IndexBinding[]): IndexBinding[] {
  const first = new Map<string, IndexBinding>();
  for (const binding of bindings) if (!first.has(binding.package)) first.set(binding.package, binding);
  return [...first.values()];
}
