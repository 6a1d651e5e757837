/** What happens to a setting of another tool: followed, an error where it stands, or without a meaning here. */
export type Treatment = 'honoured' | 'refused' | 'no effect';

/** A setting of another tool that could change what is installed, or stands beside such settings. */
export interface SettingRow {
  /** The table of pyproject.toml it is in. */
  readonly table: string;
  readonly key: string;
  readonly treatment: Treatment;
  /** Why, or what stands for it here. */
  readonly note: string;
  /** The hint of the error, where it is refused. */
  readonly hint?: string;
}

const uv = (treatment: Treatment, key: string, note: string, hint?: string): SettingRow => ({
  ...{ table: 'tool.uv', key, treatment, note },
  ...(hint === undefined ? {} : { hint }),
});

const BUILT = 'use the option `noBinary` to build distributions from source';
const LIBRARY = 'how uv works, not what it installs';

/** The settings of uv: of `[tool.uv]` and uv.toml, of the version that locks are made with. */
export const UV_SETTINGS: readonly SettingRow[] = [
  uv(
    'honoured',
    'sources',
    '`git`, `url`, `path`, `workspace` and `index`; `marker`, `extra` and `group` with `index` alone',
  ),
  uv('honoured', 'no-sources', '`sources` are ignored'),
  uv('honoured', 'no-sources-package', '`sources` of these names are ignored'),
  uv('honoured', 'index', 'docs/guide/resolves-and-indexes.md'),
  uv('honoured', 'index-url', 'docs/guide/resolves-and-indexes.md'),
  uv('honoured', 'extra-index-url', 'docs/guide/resolves-and-indexes.md'),
  uv('honoured', 'find-links', 'docs/guide/resolves-and-indexes.md'),
  uv('honoured', 'no-index', 'docs/guide/resolves-and-indexes.md'),
  uv('honoured', 'allow-insecure-host', 'docs/guide/resolves-and-indexes.md'),
  uv(
    'honoured',
    'override-dependencies',
    'part of the lock, including those with a URL; pip refuses to install a version that contradicts what a distribution requires',
  ),
  uv('honoured', 'constraint-dependencies', 'constraints, like those of the option `constraints`'),
  uv('honoured', 'build-constraint-dependencies', 'constraints, like those of the option `buildConstraints`'),
  uv('honoured', 'extra-build-dependencies', 'part of build locks'),
  uv('honoured', 'exclude-newer', 'part of the lock, also of build locks'),
  uv('honoured', 'exclude-newer-package', 'part of the lock, also of build locks'),
  uv('honoured', 'prerelease', 'the option `prereleases` takes precedence'),
  uv('honoured', 'resolution', 'part of the lock'),
  uv('honoured', 'fork-strategy', 'part of the lock'),
  uv('honoured', 'environments', 'part of the lock: nothing is locked for other platforms'),
  uv('honoured', 'dev-dependencies', 'the dependency group `dev`'),
  uv(
    'refused',
    'exclude-dependencies',
    'installers require everything that a distribution requires',
    'to limit its version, use `constraint-dependencies`',
  ),
  uv('refused', 'no-build', 'sdists are built here', BUILT),
  uv('refused', 'no-build-package', 'sdists are built here', BUILT),
  uv('refused', 'no-binary', 'the option `noBinary` lists distributions', BUILT),
  uv('refused', 'no-binary-package', 'the option `noBinary` does this', BUILT),
  uv(
    'refused',
    'dependency-metadata',
    'requirements are read from the distribution itself',
    'to choose a version that a distribution does not allow, use `override-dependencies`',
  ),
  uv('refused', 'extra-build-variables', 'the environment of a build is set by its element'),
  uv('refused', 'config-settings', 'builds are not configured here'),
  uv('refused', 'config-settings-package', 'builds are not configured here'),
  uv(
    'refused',
    'index-strategy',
    'a distribution comes from the first index that has its name',
    'pin names to indexes in `sources`',
  ),
  uv('refused', 'dependency-groups', 'a group has the Python version of its project'),
  uv('refused', 'torch-backend', 'indexes are chosen by name', 'pin the names to an index in `sources`'),
  uv(
    'refused',
    'pip',
    'only for `uv pip`: settings that change versions are refused unless `[tool.uv]` has the same',
    'set it in `[tool.uv]` itself',
  ),
  uv('no effect', 'no-build-isolation', 'builds are isolated in a sandbox'),
  uv('no effect', 'no-build-isolation-package', 'builds are isolated in a sandbox'),
  uv(
    'no effect',
    'conflicts',
    'extras and groups that nothing requires are not locked; the others are locked together',
  ),
  uv(
    'no effect',
    'required-environments',
    'a distribution without a file for an interpreter is an error when it is used',
  ),
  uv('no effect', 'default-groups', 'the options `testGroups` and `testExtras` select what tests require'),
  uv('no effect', 'package', 'the metadata decides whether it is a project'),
  uv('no effect', 'managed', LIBRARY),
  uv('no effect', 'workspace', 'read to find the settings that apply to a member'),
  uv('no effect', 'build-backend', 'read by the backend, in the sandbox'),
  ...[
    'add-bounds audit cache-dir cache-keys check-url compile-bytecode concurrent-builds concurrent-downloads',
    'concurrent-installs http-proxy https-proxy keyring-provider link-mode malware-check native-tls no-cache no-proxy',
    'offline preview preview-features publish-url pypy-install-mirror python-downloads python-downloads-json-url',
    'python-install-mirror python-preference reinstall reinstall-package required-version system-certs',
    'trusted-publishing upgrade upgrade-package',
  ]
    .join(' ')
    .split(' ')
    .map((key) => uv('no effect', key, LIBRARY)),
];

const other = (table: string, treatment: Treatment, key: string, note: string, hint?: string): SettingRow => ({
  ...{ table, key, treatment, note },
  ...(hint === undefined ? {} : { hint }),
});

/** The settings of other tools that change what is installed. */
export const OTHER_SETTINGS: readonly SettingRow[] = [
  other(
    'tool.poetry',
    'honoured',
    'dependencies',
    'versions, `git`, `path`, `file`, `url`, markers, extras, `source`, also beside the lists of `[project]`; `allow-prereleases` is refused',
  ),
  other('tool.poetry', 'honoured', 'group', 'dependency groups'),
  other('tool.poetry', 'honoured', 'dev-dependencies', 'the dependency group `dev`'),
  other('tool.poetry', 'honoured', 'extras', 'optional dependencies'),
  other(
    'tool.poetry',
    'honoured',
    'source',
    'a `primary` one is used for every name, an `explicit` one for those bound to it; `supplemental` is refused',
  ),
  other(
    'tool.poetry',
    'refused',
    'package-mode',
    'with `false`: a project without a package is not built',
    'exclude the project (option `exclude`)',
  ),
  other('tool.pdm', 'honoured', 'dev-dependencies', 'dependency groups'),
  other('tool.pdm', 'honoured', 'source', 'indexes, and pages with links; the one named `pypi` is the default'),
  other(
    'tool.pdm',
    'honoured',
    'resolution',
    '`overrides` and `allow-prereleases`; anything else, such as `excludes`, is refused',
  ),
  other(
    'tool.hatch',
    'honoured',
    'envs',
    'the dependencies of `hatch-test`, `test`, `tests` and `testing`, as groups; of `default` as `dev`',
  ),
  other(
    'tool.hatch',
    'no effect',
    'metadata',
    'read by the backend, in the sandbox; dynamic dependencies are an error',
  ),
];

/** The settings of `[tool.uv.pip]` that change nothing that is locked: what `uv pip` writes, and where it installs. */
export const UV_PIP_WITHOUT_EFFECT: readonly string[] = [
  'all-extras allow-empty-requirements annotation-style break-system-packages compile-bytecode custom-compile-command',
  'emit-build-options emit-find-links emit-index-annotation emit-index-url emit-marker-expression extra',
  'generate-hashes group keyring-provider link-mode no-annotate no-build-isolation no-build-isolation-package',
  'no-emit-package no-extra no-header no-strip-extras no-strip-markers output-file prefix python python-platform',
  'python-version reinstall reinstall-package require-hashes strict system target universal upgrade upgrade-package',
  'verify-hashes',
].flatMap((names) => names.split(' '));

/** The rows of a table. */
export function rowOf(rows: readonly SettingRow[], key: string): SettingRow | undefined {
  return rows.find((row) => row.key === key);
}
