import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './support/remove-tree.js';
import { runWell } from './support/users.js';
import { REPOSITORY } from './support/installation.js';
import { Workspace } from './support/workspace.js';

/** The elements whose keys stand for what a target makes, by the target. */
const ELEMENTS = { snapshot: 'snapshot/app.bst', 'build-wheel': 'wheel/app.bst', test: 'test/app.bst' } as const;
type Target = keyof typeof ELEMENTS;
const TARGETS = Object.keys(ELEMENTS) as Target[];

/** The tasks that hand their outputs to the task of a target, and the task itself: what decides whether it runs. */
const DECIDING: Readonly<Record<Target, readonly string[]>> = {
  snapshot: ['app:snapshot'],
  'build-wheel': ['app:build-wheel', 'lib:build-wheel'],
  test: ['app:test', 'app:build-wheel', 'lib:build-wheel'],
};
const TASKS = [...new Set(Object.values(DECIDING).flat())];

interface Mutation {
  readonly of: string;
  readonly change: () => void;
  /** The targets whose element gets another key. */
  readonly keys: readonly Target[];
  /** The targets whose element gets another key or not, by what the machine has. */
  readonly maybeKeys?: readonly Target[];
  /** The tasks that get another hash. A locked distribution is one node of Nx's graph, whichever lock it stands in. */
  readonly hashes: readonly string[];
}

const EVERY_TARGET = TARGETS;
const WHEEL_AND_TEST: readonly Target[] = ['build-wheel', 'test'];
/** What Nx does not hash by itself has one digest for the workspace: what changes it has every task look again. */
const WHOLE_WORKSPACE = TASKS;

let base: string;
let workspace: Workspace;
/** An interpreter that differs from the one the workspace uses by its place alone. */
let otherPython: string;
let before: State;

interface State {
  readonly keys: Readonly<Record<Target, string>>;
  readonly hashes: Readonly<Record<string, string>>;
}

/** Files that are under version control, so that wheels are made of them, and that Nx is told to look past. */
const UNSEEN: readonly Mutation[] = [
  {
    of: 'a source that .gitignore names and that is under version control all the same',
    change: () => {
      workspace.write('app/app/generated.py', 'GENERATED = 2\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: WHOLE_WORKSPACE,
  },
  {
    of: 'a source that .nxignore names',
    change: () => {
      workspace.write('app/app/vendored.py', 'VENDORED = 2\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: WHOLE_WORKSPACE,
  },
  {
    of: 'a source in a repository of its own',
    change: () => {
      workspace.write('app/app/nested/data.py', 'DATA = 2\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: WHOLE_WORKSPACE,
  },
];

/** Files that are staged with projects. */
const SHARED: readonly Mutation[] = [
  {
    of: 'a file that projects share',
    change: () => {
      workspace.write('NOTICE', 'Another notice.\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel', 'lib:build-wheel', 'app:test'],
  },
  {
    of: 'a new file in a directory that projects share',
    change: () => {
      workspace.write('protocols/deep/b.txt', 'b\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel', 'lib:build-wheel', 'app:test'],
  },
];

const MUTATIONS: readonly Mutation[] = [
  {
    of: 'a byte of a source',
    change: () => {
      workspace.edit('app/app/__init__.py', 'what it is', 'what it was');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel'],
  },
  {
    of: 'a source that is new and not under version control yet',
    change: () => {
      workspace.write('app/app/more.py', 'MORE = True\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel'],
  },
  {
    of: 'whether a source can be executed',
    change: () => {
      chmodSync(workspace.path('app/app/__init__.py'), 0o755);
    },
    keys: WHEEL_AND_TEST,
    hashes: WHOLE_WORKSPACE,
  },
  {
    of: 'the README, which is staged',
    change: () => {
      workspace.edit('app/README.md', '# app', '# The app');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel'],
  },
  {
    of: 'MANIFEST.in',
    change: () => {
      workspace.write('app/MANIFEST.in', '');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel'],
  },
  {
    of: 'a file of docs/, which is excluded',
    change: () => {
      workspace.edit('app/docs/guide.md', '# Guide', '# The guide');
    },
    keys: [],
    hashes: [],
  },
  {
    of: 'a file that an option excludes',
    change: () => {
      workspace.write('app/notes/todo.md', 'Nothing.\n');
    },
    keys: [],
    hashes: [],
  },
  {
    of: 'a file that git ignores',
    change: () => {
      workspace.write('app/dist/app.txt', 'Nothing.\n');
    },
    keys: [],
    hashes: [],
  },
  {
    of: 'a test',
    change: () => {
      workspace.edit('app/tests/test_app.py', '"so") == "so"', '"so" * 2) == "soso"');
    },
    keys: ['test'],
    hashes: ['app:test'],
  },
  {
    of: 'the configuration of the tests',
    change: () => {
      workspace.write('app/pytest.ini', '[pytest]\n');
    },
    keys: ['test'],
    hashes: ['app:test'],
  },
  {
    of: 'a hash in the lock of the runtime and so in that of the tests',
    change: () => {
      for (const lock of ['runtime', 'test']) otherHash(`app/locks/${lock}.txt`, 'humanize');
    },
    keys: ['snapshot', 'test'],
    hashes: ['app:snapshot', 'app:build-wheel', 'app:test'],
  },
  {
    of: 'a hash in the lock of the tests alone',
    change: () => {
      otherHash('app/locks/test.txt', 'pytest');
    },
    keys: ['snapshot', 'test'],
    hashes: ['app:snapshot', 'app:build-wheel', 'app:test'],
  },
  {
    of: "a hash in the project's build lock",
    change: () => {
      otherHash('app/locks/build/app.txt', 'setuptools');
    },
    keys: EVERY_TARGET,
    hashes: TASKS,
  },
  {
    of: 'a hash in the build lock of an sdist',
    change: () => {
      otherHash('app/locks/build/uwsgi.txt', 'setuptools');
    },
    keys: ['snapshot', 'test'],
    hashes: TASKS,
  },
  {
    of: 'the build lock of an sdist, which goes: a wheel is taken',
    change: () => {
      workspace.remove('app/locks/build/uwsgi.txt');
    },
    keys: ['snapshot', 'test'],
    hashes: ['app:snapshot', 'app:build-wheel', 'app:test'],
  },
  {
    of: 'the build backend',
    change: () => {
      workspace.edit('app/pyproject.toml', '"setuptools.build_meta"', '"setuptools.build_meta:__legacy__"');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:snapshot', 'app:build-wheel', 'app:test'],
  },
  {
    of: "a template of the project's own for its wheel",
    change: () => {
      workspace.write('app/.wheelhouse/wheel.bst', 'kind: wheel\nenvironment:\n  EDITION: community\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: ['app:build-wheel'],
  },
  {
    of: "a template of the project's own for its tests",
    change: () => {
      workspace.write('app/.wheelhouse/test.bst', 'kind: python-test\nenvironment:\n  EDITION: community\n');
    },
    keys: ['test'],
    hashes: ['app:test'],
  },
  {
    of: "a template of the project's own that says what the template says",
    change: () => {
      workspace.write('app/.wheelhouse/wheel.bst', '# Ours.\nkind: wheel\n');
    },
    keys: [],
    hashes: ['app:build-wheel'],
  },
  {
    of: "a template of the project's own that git ignores",
    change: () => {
      workspace.write('.gitignore', '.wheelhouse\n');
      workspace.write('app/.wheelhouse/wheel.bst', 'kind: wheel\nenvironment:\n  EDITION: community\n');
    },
    keys: WHEEL_AND_TEST,
    hashes: WHOLE_WORKSPACE,
  },
  {
    of: "a local dependency's own template for its wheel",
    change: () => {
      workspace.write('lib/.wheelhouse/wheel.bst', 'kind: wheel\nenvironment:\n  EDITION: community\n');
    },
    keys: ['test'],
    hashes: ['lib:build-wheel'],
  },
  {
    of: 'a source of a local dependency',
    change: () => {
      workspace.edit('lib/lib/__init__.py', 'NUMBER = 1', 'NUMBER = 2');
    },
    keys: ['test'],
    hashes: ['lib:build-wheel'],
  },
  {
    of: 'the build lock of a local dependency',
    change: () => {
      otherHash('lib/locks/build/lib.txt', 'setuptools');
    },
    keys: ['test'],
    hashes: TASKS,
  },
  {
    of: '.python-version in the project',
    change: () => {
      workspace.write('app/.python-version', `${otherPython}\n`);
    },
    keys: WHEEL_AND_TEST,
    // The files of a snapshot may be the same for both interpreters.
    maybeKeys: ['snapshot'],
    hashes: WHOLE_WORKSPACE,
  },
  {
    of: '.python-version in the workspace',
    change: () => {
      workspace.write('.python-version', `${otherPython}\n`);
    },
    keys: WHEEL_AND_TEST,
    // The files of a snapshot may be the same for both interpreters.
    maybeKeys: ['snapshot'],
    hashes: TASKS,
  },
  {
    of: 'the option `python`',
    change: () => {
      configure({ python: otherPython });
    },
    keys: WHEEL_AND_TEST,
    // The files of a snapshot may be the same for both interpreters.
    maybeKeys: ['snapshot'],
    hashes: TASKS,
  },
  {
    of: 'the option `frontend`',
    change: () => {
      configure({ frontend: 'pip' });
    },
    keys: EVERY_TARGET,
    hashes: TASKS,
  },
  {
    of: 'the option `exclude`',
    change: () => {
      configure({ exclude: ['notes/**', 'README.md'] });
    },
    keys: WHEEL_AND_TEST,
    hashes: TASKS,
  },
  {
    of: 'the option `include`',
    change: () => {
      configure({ include: ['docs/**'] });
    },
    keys: WHEEL_AND_TEST,
    hashes: TASKS,
  },
  {
    of: 'the option `testInclude`',
    change: () => {
      configure({ testInclude: ['README.md'] });
    },
    keys: ['test'],
    hashes: TASKS,
  },
  {
    of: 'what nx.json says of other things',
    change: () => {
      const settings = JSON.parse(workspace.read('nx.json')) as Record<string, unknown>;
      workspace.write('nx.json', JSON.stringify({ ...settings, defaultBase: 'trunk' }));
    },
    keys: [],
    hashes: TASKS,
  },
  {
    of: 'a file outside of all projects',
    change: () => {
      workspace.write('CHANGES.md', 'None.\n');
    },
    keys: [],
    hashes: [],
  },
];

/** The plugin's entry in nx.json, with these options over those it has. */
function configure(options: Readonly<Record<string, unknown>>): void {
  const plugins = [{ plugin: '@wheelhouse/build', options: { exclude: ['notes/**'], ...options } }];
  workspace.write('nx.json', JSON.stringify({ ...(JSON.parse(workspace.read('nx.json')) as object), plugins }));
}

/** Another file of a locked distribution. */
function otherHash(lock: string, distribution: string): void {
  const lines = workspace.read(lock).split('\n');
  const at = lines.findIndex((line) => line.startsWith(`${distribution}==`)) + 1;
  const line = lines[at] ?? '';
  lines[at] = line.replace(/[0-9a-f](?=[0-9a-f]{63})/, (digit) => (digit === '0' ? '1' : '0'));
  if (lines[at] === line) throw new Error(`${lock} has no hash of ${distribution}`);
  workspace.write(lock, lines.join('\n'));
}

async function look(): Promise<State> {
  const environment = { NX_ISOLATE_PLUGINS: 'false' };
  const program = join(__dirname, 'support', 'task-hashes.cjs');
  const [shown, hashed] = await Promise.all([
    workspace.wheelhouse(['show', '--format', 'json', 'app']),
    workspace.run([process.execPath, program, join(REPOSITORY, 'examples', 'node_modules'), ...TASKS], { environment }),
  ]);
  for (const { exitCode, stderr } of [shown, hashed]) if (exitCode !== 0) throw new Error(stderr);
  const elements = JSON.parse(shown.stdout) as readonly { readonly name: string; readonly key: string }[];
  const keyOf = (name: string): string => {
    const key = elements.find((element) => element.name === name)?.key;
    if (key === undefined) throw new Error(`there is no element ${name}`);
    return key;
  };
  return {
    keys: {
      snapshot: keyOf(ELEMENTS.snapshot),
      'build-wheel': keyOf(ELEMENTS['build-wheel']),
      test: keyOf(ELEMENTS.test),
    },
    hashes: JSON.parse(hashed.stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, string>,
  };
}

/** A copy of the machine's interpreter with its standard library; Python finds its prefix from its own place. */
async function copyInterpreter(to: string): Promise<string> {
  const script = 'import sys, sysconfig; print(sys._base_executable, sysconfig.get_path("stdlib"), sep="\\n")';
  const { stdout } = await runWell(['/usr/bin/python3', '-I', '-c', script], { cwd: '/', env: process.env });
  const [executable = '', stdlib = ''] = stdout.split('\n');
  const copy = join(to, 'bin', 'python3');
  mkdirSync(join(to, 'bin'), { recursive: true });
  cpSync(executable, copy, { dereference: true });
  const left = /\/(test|idlelib|tkinter|ensurepip|__pycache__|dist-packages|site-packages)$/;
  cpSync(stdlib, join(to, 'lib', stdlib.split('/').at(-1) ?? ''), {
    recursive: true,
    filter: (path) => !left.test(path),
  });
  return copy;
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-key-mutations-'));
  const source = join(REPOSITORY, 'e2e', 'fixtures', 'key-mutations');
  workspace = new Workspace({ base, source, parts: ['app', 'lib', 'nx.json'] });
  otherPython = await copyInterpreter(join(base, 'python'));
  before = await look();
});

afterAll(() => {
  removeTree(base);
});

test('without a change, keys and hashes stay what they are', async () => {
  expect(await look()).toEqual(before);
});

/** Makes a change and compares with how it was before: what changes, and that no key does without a hash. */
async function check({ change, keys, maybeKeys = [], hashes }: Mutation, before: State): Promise<void> {
  change();
  const after = await look();
  const otherKeys = TARGETS.filter((target) => after.keys[target] !== before.keys[target]);
  const otherHashes = TASKS.filter((task) => after.hashes[task] !== before.hashes[task]);
  expect({ keys: otherKeys.filter((target) => !maybeKeys.includes(target)), hashes: otherHashes }).toEqual({
    keys: TARGETS.filter((target) => keys.includes(target)),
    hashes: TASKS.filter((task) => hashes.includes(task)),
  });
  for (const target of otherKeys) {
    expect({ [target]: DECIDING[target].some((task) => otherHashes.includes(task)) }).toEqual({ [target]: true });
  }
}

describe('a change of', () => {
  afterEach(() => {
    workspace.restore();
    // What git ignores is not put back.
    rmSync(workspace.path('app/.wheelhouse'), { recursive: true, force: true });
  });

  test.each(MUTATIONS)('$of', async (mutation) => {
    await check(mutation, before);
  });
});

describe('where Nx is told to look past files, a change of', () => {
  let beforeThat: State;

  beforeAll(async () => {
    workspace.write('app/app/generated.py', 'GENERATED = 1\n');
    workspace.write('app/app/vendored.py', 'VENDORED = 1\n');
    workspace.commit();
    workspace.write('.gitignore', 'generated.py\n');
    workspace.write('.nxignore', 'app/app/vendored.py\n');
    workspace.commit();
    workspace.write('app/app/nested/data.py', 'DATA = 1\n');
    execFileSync('git', ['init', '--quiet', workspace.path('app/app/nested')]);
    beforeThat = await look();
  });

  afterEach(() => {
    workspace.restore();
  });

  test.each(UNSEEN)('$of', async (mutation) => {
    await check(mutation, beforeThat);
  });
});

describe('where projects share files of the workspace, a change of', () => {
  let beforeThat: State;

  beforeAll(async () => {
    rmSync(workspace.path('app/app/nested'), { recursive: true, force: true });
    workspace.write('NOTICE', 'A notice.\n');
    workspace.write('protocols/a.txt', 'a\n');
    configure({ shared: ['NOTICE', 'protocols'] });
    workspace.commit();
    beforeThat = await look();
  });

  afterEach(() => {
    workspace.restore();
  });

  test.each(SHARED)('$of', async (mutation) => {
    await check(mutation, beforeThat);
  });
});
