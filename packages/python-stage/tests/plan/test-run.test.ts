import type { Lock } from '@wheelhouse/python/lockfile';
import { anInterpreter } from '@wheelhouse/python/testing';
import { testRun, type PlannedProject, type TestOptions } from '@wheelhouse/python-stage/internal';

let interpreter: PlannedProject['interpreter'];

beforeAll(async () => {
  interpreter = await anInterpreter();
});

function lockOf(...names: readonly string[]): Lock {
  const origin = { file: 'app/locks/test.txt', line: 1, column: 0 };
  return {
    file: 'app/locks/test.txt',
    kind: 'test',
    distribution: 'app',
    python: '3.10',
    uv: '0.9.0',
    requirements: [],
    hookRequirements: [],
    requirementsDigest: '',
    entries: names.map((normalizedName) => ({ normalizedName, version: '1.0', hashes: [], origin })),
  };
}

function run(
  locked: readonly string[],
  options?: TestOptions,
  more: Partial<PlannedProject> = {},
): ReturnType<typeof testRun> {
  const lock = lockOf(...locked);
  const origin = { file: 'app/pyproject.toml', line: 1, column: 0 };
  const metadata = { name: 'app', normalizedName: 'app', root: 'app', origins: { name: origin } };
  return testRun(
    {
      metadata: metadata as unknown as PlannedProject['metadata'],
      locks: { test: lock, runtime: lock, build: new Map() },
      interpreter,
      settings: {},
      ...more,
    },
    options,
  );
}

test.each<[string, string[], TestOptions | undefined, object]>([
  ['pytest is the runner where it is locked', ['pytest'], undefined, { runner: 'pytest', options: '' }],
  [
    'with pytest-cov, coverage is measured',
    ['pytest', 'pytest-cov'],
    undefined,
    {
      runner: 'pytest',
      options: '$(%{python} -s -B %{runners}/coverage_options.py app) --cov-report=xml:%{reports}/coverage.xml',
    },
  ],
  ['unittest is the runner where pytest is not locked', [], undefined, { runner: 'unittest', options: '' }],
  [
    'with coverage, unittest is measured',
    ['coverage'],
    undefined,
    { runner: 'unittest', options: '--coverage %{reports}/coverage.xml app' },
  ],
  ['the option decides', ['pytest'], { runner: 'unittest' }, { runner: 'unittest', options: '' }],
  [
    'a command is the runner where there is one',
    ['pytest'],
    { command: 'make test' },
    { runner: 'command', options: '' },
  ],
])('%s', (_what, locked, options, expected) => {
  const { overlay, whole } = run(locked, options);
  expect({ runner: overlay.config.runner, options: overlay.variables['test-options'] }).toEqual(expected);
  expect(whole).toBe(true);
});

test('tests in packages run among what the wheel installs, which is imported from there', () => {
  const { overlay } = run([], undefined, {
    tests: { include: ['src/acme/**/tests.py'], packages: ['polls', 'src/acme', 'src/other one'] },
    settings: { shared: ['LICENSE'] },
  });
  expect(overlay.environment).toEqual({ PYTHONPATH: '%{build-root}/app:%{build-root}/app/src' });
  expect(overlay.config).toEqual({
    runner: 'unittest',
    'configure-commands': {
      '(>)': [`%{python} -s -B %{runners}/link_packages.py app polls src/acme 'src/other one'`],
    },
  });
});

test('a command is one shell word with any content, and does not expand variables of an element', () => {
  const { variables } = run([], { command: `echo 'it is' "%{reports}"` }).overlay;
  expect(variables['test-command']).toBe(`'echo '\\''it is'\\'' "%''{reports}"'`);
});

test('arguments are shell text or a list, and make the run a partial one', () => {
  expect(run(['pytest'], { args: "-k 'a b'" })).toMatchObject({
    whole: false,
    overlay: { variables: { 'test-arguments': "-k 'a b'" } },
  });
  expect(run(['pytest'], { args: ['-k', 'a b'] }).overlay.variables['test-arguments']).toBe("-k 'a b'");
  expect(run(['pytest'], { args: [] }).whole).toBe(true);
});

test.each<[string[], TestOptions, string]>([
  [['pytest', 'syrupy'], {}, '--snapshot-update'],
  [['pytest', 'inline-snapshot'], {}, '--inline-snapshot=create,fix'],
  [['pytest', 'syrupy'], { updateSnapshotsArgs: '--force-regen' }, '--force-regen'],
  [['pytest', 'syrupy'], { args: ['-x'] }, '-x --snapshot-update'],
  [[], { command: './approve' }, ''],
])('snapshots are updated: %j %j', (locked, options, args) => {
  const { overlay, whole } = run(locked, { ...options, updateSnapshots: true });
  expect([overlay.variables['test-arguments'], overlay.config['keep-sources'], whole]).toEqual([args, 'true', false]);
});

test('a run that updates snapshots differs in nothing else', () => {
  const [one, two] = [0, 1].map(() => run(['pytest', 'syrupy'], { updateSnapshots: true }).overlay.environment);
  expect(one).not.toEqual(two);
});

test.each<[string[], TestOptions, string, string]>([
  [
    [],
    { runner: 'pytest' },
    'the tests of `app`: the runner is `pytest`, but `app/locks/test.txt` does not contain it',
    'add pytest to the requirements of the tests and lock again',
  ],
  [
    ['pytest'],
    { runner: 'command' },
    'the tests of `app`: the runner `command` has no command',
    'set it with the option `command`',
  ],
  [
    ['pytest'],
    { runner: 'pytest', command: 'make' },
    'the tests of `app`: the runner `pytest` does not take a command: `make`',
    'remove one of them',
  ],
  [
    ['pytest'],
    { runner: 'nose' as 'pytest' },
    'the tests of `app`: unknown runner `nose`',
    'the runners are `pytest`, `unittest`, `command`',
  ],
  [
    ['pytest'],
    { updateSnapshots: true },
    'the tests of `app`: `app/locks/test.txt` contains no known package for snapshot files: `syrupy`, ' +
      '`pytest-snapshot`, `snapshottest`, `inline-snapshot`',
    'set the option `updateSnapshotsArgs` to the arguments that make the runner write them',
  ],
])('what cannot be is an error: %j %j', (locked, options, message, hint) => {
  expect(() => run(locked, options)).toThrow(expect.objectContaining({ code: 'TEST_OPTIONS', message, hint }) as Error);
});
