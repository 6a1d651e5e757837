/** What happens to a setting that one machine has: followed, passed over with a message, or without a meaning here. */
export type MachineTreatment = 'honoured' | 'passed over' | 'no effect';

/** A setting of pip's or uv's that a machine may have, outside of the workspace (docs/adr/0080). */
export interface MachineRow {
  readonly tool: 'pip' | 'uv';
  /** pip's long name of the option, or uv's variable. */
  readonly name: string;
  readonly treatment: MachineTreatment;
  /** What does the same for everyone, where it is skipped; else why. */
  readonly note: string;
}

const uv = (treatment: MachineTreatment, names: string, note: string): MachineRow[] =>
  names.split(' ').map((name) => ({ tool: 'uv', name, treatment, note }));
const pip = (treatment: MachineTreatment, names: string, note: string): MachineRow[] =>
  names.split(' ').map((name) => ({ tool: 'pip', name, treatment, note }));

const INDEXES = 'locations of distributions depend on the machine';
const HEADER = 'the date is in the header of the locks';
const TABLE = (key: string): string => `\`${key}\` in \`[tool.uv]\` of the workspace`;

/** The settings that would change what is locked, and those of indexes. */
export const MACHINE_SETTINGS: readonly MachineRow[] = [
  ...uv('honoured', 'UV_EXCLUDE_NEWER', HEADER),
  ...uv('honoured', 'UV_DEFAULT_INDEX UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_NO_INDEX', INDEXES),
  ...uv('honoured', 'UV_INSECURE_HOST UV_OFFLINE UV_NATIVE_TLS UV_SYSTEM_CERTS UV_CONFIG_FILE UV_NO_CONFIG', INDEXES),
  ...uv('passed over', 'UV_CONSTRAINT', 'the option `constraints`'),
  ...uv('passed over', 'UV_BUILD_CONSTRAINT', 'the option `buildConstraints`'),
  ...uv('passed over', 'UV_OVERRIDE', TABLE('override-dependencies')),
  ...uv('passed over', 'UV_EXCLUDE', 'the option `constraints`, which limits versions'),
  ...uv('passed over', 'UV_PRERELEASE', 'the option `prereleases`'),
  ...uv('passed over', 'UV_RESOLUTION', TABLE('resolution')),
  ...uv('passed over', 'UV_FORK_STRATEGY', TABLE('fork-strategy')),
  ...uv('passed over', 'UV_INDEX_STRATEGY UV_TORCH_BACKEND', 'the option `indexes`, which pins names to an index'),
  ...uv('passed over', 'UV_NO_BINARY UV_NO_BINARY_PACKAGE', 'the option `noBinary`'),
  ...uv('passed over', 'UV_NO_BUILD UV_NO_BUILD_PACKAGE', 'nothing: sdists are built in a sandbox'),
  ...uv('passed over', 'UV_NO_SOURCES UV_NO_SOURCES_PACKAGE', TABLE('no-sources')),
  ...uv('no effect', 'UV_REQUIRE_HASHES UV_NO_VERIFY_HASHES', 'locks have hashes, which are always checked'),
  ...pip('honoured', 'uploaded-prior-to', HEADER),
  ...pip('honoured', 'index-url extra-index-url find-links no-index trusted-host', INDEXES),
  ...pip('honoured', 'cert client-cert proxy timeout retries keyring-provider', INDEXES),
  ...pip('passed over', 'constraint', 'the option `constraints`'),
  ...pip('passed over', 'build-constraint', 'the option `buildConstraints`'),
  ...pip('passed over', 'pre all-releases only-final', 'the option `prereleases`'),
  ...pip('passed over', 'no-binary', 'the option `noBinary`'),
  ...pip('passed over', 'only-binary prefer-binary', 'nothing: sdists are built in a sandbox'),
  ...pip('passed over', 'no-deps', 'nothing: a lock has everything that is required'),
  ...pip('passed over', 'ignore-requires-python', 'nothing: `requires-python` of distributions is respected'),
  ...pip('passed over', 'config-settings', 'nothing: builds are not configured here'),
  ...pip('passed over', 'requirement editable group', 'the option `requirements`'),
  ...pip('no effect', 'require-hashes', 'locks have hashes, which are always checked'),
  ...pip('no effect', 'upgrade upgrade-strategy', 'versions are kept, except with `--upgrade` of `lock`'),
];

/** Of the settings in a user's or a system's uv.toml, those of indexes: all others that mean something are skipped. */
export const OF_INDEXES: readonly string[] = [
  ...['index', 'index-url', 'extra-index-url', 'find-links', 'no-index', 'allow-insecure-host'],
];
