import { ElementError, type Origin } from '@wheelhouse/element';
import type { SetupPy } from '../setup-py.js';
import { isPlaced, type Field } from '../declaration.js';
import { isTable, TomlFile, type TomlTable } from '../toml-file.js';
import type { ProjectFiles } from '../project-files.js';

/** How a project's version is made from tags of its repository, as its files say (docs/adr/0031). Plain data. */
export interface VcsSettings {
  /** Whose settings they are. `versioneer` and `versioningit` take no version from outside. */
  readonly tool:
    | 'setuptools-scm'
    | 'hatch-vcs'
    | 'pdm-backend'
    | 'poetry-dynamic-versioning'
    | 'pbr'
    | 'versioneer'
    | 'versioningit';
  readonly origin: Origin;
  /** Which tags count: a pattern of `git describe --match`. */
  readonly match: string;
  /** A regular expression, Python's, with a group `version` or one group alone. */
  readonly tagRegex: string;
  /** What tags begin with that is no part of what {@link tagRegex} sees. */
  readonly tagPrefix?: string;
  readonly versionScheme: string;
  /** Of several the first that has an answer counts. */
  readonly localSchemes: readonly string[];
  /** Whether a tag's version is taken as it is written, and not in its normal form (PEP 440). */
  readonly verbatim?: boolean;
  /** Whether the repository is looked for above the project, before a PKG-INFO in it counts. */
  readonly above?: true;
  /** A file that the build writes, by its path from a repository above the project. */
  readonly writesAbove?: string;
  /** The version if there is no repository and no tag. */
  readonly fallback?: string;
}

/** setuptools_scm's default: words with dashes in front of a version are no part of it. */
const TAG_REGEX = '^(?:[\\w-]+-)?(?P<version>[vV]?\\d+(?:\\.\\d+){0,2}[^\\+]*)(?:\\+.*)?$';
/** Tags of pbr: versions, a `v` in front or not. */
const PBR_REGEX = '^[vV]?(?P<version>\\d+(?:\\.\\d+)*(?:\\.?(?:a|b|rc)\\d+)?(?:\\.dev\\d+)?)$';
/** The same without a prefix that is not `v`: the default of poetry-dynamic-versioning. */
const POETRY_REGEX = '^v(?P<version>\\d+(?:\\.\\d+)*(?:[-._]?(?:a|b|c|rc|alpha|beta|pre|post|dev)[-._]?\\d*)*)$';

/**
 * Looks where tools have their settings: tables of pyproject.toml, keywords of setup.py, sections of setup.cfg.
 *
 * @param keywords those of setup.py, if there is one
 * @returns `undefined` if the version comes from nowhere else than the files
 * @throws ElementError METADATA
 */
export function readVcsSettings(
  files: ProjectFiles,
  { versionKeywords }: Pick<SetupPy, 'versionKeywords'> = {},
): VcsSettings | undefined {
  const name = 'pyproject.toml';
  const toml = TomlFile.parse(files.read(name) ?? '', files.label(name));
  const found = (tool: VcsSettings['tool'], path: readonly string[], table: TomlTable): VcsSettings =>
    settingsOf({ tool, origin: toml.origin(path) }, table);
  const scm = toml.tableAt('tool', 'setuptools_scm');
  if (scm !== undefined) return found('setuptools-scm', ['tool', 'setuptools_scm'], scm);
  const hatch = toml.tableAt('tool', 'hatch', 'version');
  if (hatch?.source === 'versioningit') return found('versioningit', ['tool', 'hatch', 'version'], {});
  if (hatch?.source === 'vcs') {
    const raw = isTable(hatch['raw-options']) ? hatch['raw-options'] : {};
    const renamed = { tag_regex: hatch['tag-pattern'], fallback_version: hatch['fallback-version'] };
    return found('hatch-vcs', ['tool', 'hatch', 'version'], { ...present(renamed), ...raw });
  }
  const pdm = toml.tableAt('tool', 'pdm', 'version');
  if (pdm?.source === 'scm') {
    const match = typeof pdm.tag_filter === 'string' ? pdm.tag_filter : '*.*';
    const known = found('pdm-backend', ['tool', 'pdm', 'version'], pdm);
    return { ...known, match, versionScheme: 'pdm', localSchemes: ['pdm'], verbatim: true };
  }
  const poetry = toml.tableAt('tool', 'poetry-dynamic-versioning');
  if (poetry?.enable === true) {
    refuseOthers(poetry, toml.origin(['tool', 'poetry-dynamic-versioning']));
    const known = found('poetry-dynamic-versioning', ['tool', 'poetry-dynamic-versioning'], {});
    const prefix = poetry.pattern === 'default-unprefixed' ? '^v?' : '^v';
    return {
      ...known,
      match: '*',
      tagRegex: POETRY_REGEX.replace('^v', prefix),
      versionScheme: 'dunamai',
      localSchemes: ['dunamai'],
      verbatim: true,
    };
  }
  for (const tool of ['versioneer', 'versioningit'] as const) {
    const table = toml.tableAt('tool', tool);
    if (table !== undefined) return found(tool, ['tool', tool], table);
  }
  return ofKeyword(versionKeywords?.use_scm_version) ?? ofSetupCfg(files) ?? ofPbr(versionKeywords?.pbr, toml);
}

/** setuptools_scm by its keyword of setup.py: `True`, or what would stand in its table. */
function ofKeyword(keyword: Field<unknown>): VcsSettings | undefined {
  if (keyword === undefined || (isPlaced(keyword) && keyword.value === false)) return undefined;
  const { origin } = keyword;
  if (isPlaced(keyword) && keyword.value === true) return settingsOf({ tool: 'setuptools-scm', origin }, {});
  if (isPlaced(keyword) && isTable(keyword.value)) {
    return settingsOf({ tool: 'setuptools-scm', origin }, keyword.value);
  }
  throw new ElementError({
    code: 'METADATA',
    message: isPlaced(keyword) ? '`use_scm_version` is not a mapping of literals' : keyword.why,
    origin,
    hint: 'write its settings as literals, or as the table `[tool.setuptools_scm]` of pyproject.toml',
  });
}

/** versioneer as its older releases are set up. */
function ofSetupCfg(files: ProjectFiles): VcsSettings | undefined {
  const lines = (files.read('setup.cfg') ?? '').split(/\r?\n/);
  const line = lines.findIndex((text) => /^\[versioneer\]\s*$/.test(text));
  if (line < 0) return undefined;
  return settingsOf({ tool: 'versioneer', origin: { file: files.label('setup.cfg'), line: line + 1, column: 0 } }, {});
}

/** pbr by its keyword of setup.py, or as the backend. */
function ofPbr(keyword: Field<unknown>, toml: TomlFile): VcsSettings | undefined {
  const isBackend = toml.tableAt('build-system')?.['build-backend'] === 'pbr.build';
  if (!isBackend && (keyword === undefined || (isPlaced(keyword) && keyword.value !== true))) return undefined;
  const origin = keyword?.origin ?? toml.origin(['build-system', 'build-backend']);
  return {
    ...settingsOf({ tool: 'pbr', origin }, {}),
    // Tags of other projects in the repository begin with other words.
    match: '[vV0-9]*',
    tagRegex: PBR_REGEX,
    versionScheme: 'pbr',
    localSchemes: ['no-local-version'],
  };
}

/** Settings of poetry-dynamic-versioning that make another version of the same tags. @throws ElementError METADATA */
function refuseOthers(table: TomlTable, origin: Origin): void {
  const followed: Readonly<Record<string, readonly unknown[]>> = {
    pattern: ['default', 'default-unprefixed'],
    ...{ vcs: ['any', 'git'], style: ['pep440'], bump: [false], metadata: [], dirty: [false] },
    ...{ format: [], 'format-jinja': [], 'tag-branch': [], 'latest-tag': [false], 'full-commit': [false] },
    ...{ 'tagged-metadata': [false], 'pattern-prefix': [], 'commit-prefix': [], 'from-file': [] },
  };
  for (const [option, values] of Object.entries(followed)) {
    if (table[option] === undefined || values.includes(table[option])) continue;
    throw new ElementError({
      code: 'METADATA',
      message: `\`${option}\` of poetry-dynamic-versioning is \`${JSON.stringify(table[option])}\`, which is not supported`,
      origin,
      hint: 'remove it, or set the version with `POETRY_DYNAMIC_VERSIONING_BYPASS`',
    });
  }
}

function settingsOf(whose: Pick<VcsSettings, 'tool' | 'origin'>, table: TomlTable): VcsSettings {
  const text = (value: unknown, usual: string): string => (typeof value === 'string' ? value : usual);
  const fallback = table.fallback_version;
  const tag = isTable(table.tag) ? table.tag : {};
  const prefix = text(tag.prefix, '');
  refuse(whose, table);
  return {
    ...whose,
    match: matchOf(table) ?? `${prefix}${tag.strict === true ? STRICT_GLOB : GLOB}`,
    tagRegex: text(tag.regex ?? table.tag_regex, TAG_REGEX),
    ...(prefix === '' ? {} : { tagPrefix: prefix }),
    versionScheme: schemesIn(table.version_scheme, 'guess-next-dev')[0] ?? '',
    localSchemes: schemesIn(table.local_scheme, 'node-and-date'),
    ...(table.normalize === false ? { verbatim: true } : {}),
    ...(isAbove(table) ? { above: true } : {}),
    ...(isAbove(table) && typeof table.write_to === 'string' ? { writesAbove: table.write_to } : {}),
    ...(typeof fallback === 'string' ? { fallback } : {}),
  };
}

function isAbove({ root, search_parent_directories: searches }: TomlTable): boolean {
  return searches === true || (typeof root === 'string' && !['.', './', ''].includes(root));
}

const GLOB = '*[0-9]*';
const STRICT_GLOB = '*[0-9]*.*[0-9]*';

function schemesIn(value: unknown, usual: string): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value ?? usual];
  return list.map(String);
}

/** What makes another version of the same tags, and is not supported. @throws ElementError METADATA */
function refuse({ tool, origin }: Pick<VcsSettings, 'tool' | 'origin'>, table: TomlTable): void {
  const { git } = isTable(table.scm) ? table.scm : {};
  const isScoped = isTable(git) && git.distance_scope !== undefined && git.distance_scope !== false;
  const option = isScoped ? 'scm.git.distance_scope' : table.version_cls === undefined ? undefined : 'version_cls';
  if (option === undefined) return;
  throw new ElementError({
    code: 'METADATA',
    message: `\`${option}\` of ${tool} is not supported`,
    origin,
    hint: isScoped
      ? "to count only the commits that touch the project, set the plugin's option `versionCommits` to `project`"
      : 'remove it, or write the version into the project',
  });
}

/** The `--match` of setuptools_scm's describe command, in its new and its old place; of a command nothing else is taken. */
function matchOf(table: TomlTable): string | undefined {
  const git = isTable(table.scm) && isTable(table.scm.git) ? table.scm.git : {};
  const command = git.describe_command ?? table.git_describe_command;
  const words = Array.isArray(command) ? command.map(String) : typeof command === 'string' ? command.split(/\s+/) : [];
  const at = words.findIndex((word) => word === '--match' || word.startsWith('--match='));
  if (at < 0) return undefined;
  const given = words[at]?.startsWith('--match=') === true ? words[at].slice('--match='.length) : words[at + 1];
  return (given ?? '*').replace(/^(['"])(.*)\1$/, '$2');
}

function present(table: TomlTable): TomlTable {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));
}
