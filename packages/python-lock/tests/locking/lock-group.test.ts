import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import type { Tools } from '@wheelhouse/python/fetch';
import { checkNoBinary } from '@wheelhouse/python/lockfile';
import { PackageIndex, type Distribution, anInterpreter, sharedTools } from '@wheelhouse/python/testing';
import type { LockOutcome } from '@wheelhouse/python-lock/internal';
import { LockWorkspace, type SettingsOf } from '../testing/lock-workspace.js';

const PUBLISHED: readonly Distribution[] = [
  { name: 'leaf', version: '1.0', format: 'wheel' },
  { name: 'leaf', version: '1.1', format: 'wheel' },
  { name: 'winonly', version: '1.0', format: 'wheel' },
  { name: 'tester', version: '1.0', format: 'wheel', requires: ['leaf<1.1', 'winonly ; sys_platform == "win32"'] },
  { name: 'maker', version: '1.0', format: 'wheel' },
  { name: 'hooked', version: '1.0', format: 'wheel', requires: ['maker'] },
  // Its requirements are known to its backend alone, which needs what get_requires_for_build_wheel asks for.
  { name: 'dynamic', version: '0.9', format: 'wheel' },
  {
    name: 'dynamic',
    version: '1.0',
    format: 'sdist',
    requires: ['leaf>=1', 'deeper'],
    build: ['maker'],
    hook: ['hooked'],
    imports: ['hooked', 'maker'],
  },
  { name: 'deeper', version: '2.0', format: 'sdist', build: [], hook: [] },
  { name: 'static', version: '1.0', format: 'sdist', static: true, requires: ['leaf'], build: ['dynamic'] },
  { name: 'early', version: '1.0', format: 'wheel' },
  { name: 'early', version: '2.0b1', format: 'wheel' },
  { name: 'cycle', version: '1.0', format: 'sdist', build: ['cycle'] },
  // Each has a wheel and an sdist; the builds of the last two need one another.
  { name: 'plain', version: '1.0', format: 'wheel' },
  { name: 'plain', version: '1.0', format: 'sdist', build: ['maker'] },
  { name: 'ping', version: '1.0', format: 'wheel' },
  { name: 'ping', version: '1.0', format: 'sdist', build: ['pong'], imports: ['pong'] },
  { name: 'pong', version: '1.0', format: 'wheel' },
  { name: 'pong', version: '1.0', format: 'sdist', build: ['ping'], imports: ['ping'] },
  // Has no wheel, and its build needs something that has.
  { name: 'stubborn', version: '1.0', format: 'sdist', build: ['helpful'] },
  { name: 'helpful', version: '1.0', format: 'wheel' },
  { name: 'helpful', version: '1.0', format: 'sdist', build: ['stubborn'] },
  // What a stranger publishes under the name of a project of the workspace.
  { name: 'local', version: '99', format: 'wheel' },
];

let index: PackageIndex;
let tools: Tools;
let interpreter: Interpreter;
beforeAll(async () => {
  index = await PackageIndex.start(PUBLISHED);
  tools = await sharedTools();
  interpreter = await anInterpreter();
}, 120_000);
afterAll(async () => {
  await index.stop();
});

function sha256(file: string): string {
  return `    --hash=sha256:${index.sha256(file)}`;
}

test('wheels alone: test, runtime and build are locked, and the runtime has the versions of the tests', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf', 'local'], ['tester']);
  workspace.write(
    'local/pyproject.toml',
    '[build-system]\nrequires = ["maker"]\n[project]\nname = "local"\nversion = "1"\ndependencies = ["maker"]\n',
  );
  const { written, removed, locks } = await workspace.lock();
  expect(written).toEqual(['app/locks/test.txt', 'app/locks/runtime.txt', 'app/locks/build/app.txt']);
  expect(removed).toEqual([]);
  expect(workspace.pins('test.txt')).toEqual([
    'leaf==1.0',
    'maker==1.0',
    'tester==1.0',
    'winonly==1.0 ; sys_platform == "win32"',
  ]);
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.0', 'maker==1.0']);
  expect(workspace.pins('build/app.txt')).toEqual(['hooked==1.0', 'maker==1.0']);
  expect(workspace.read('runtime.txt').split('\n').slice(0, 2)).toEqual([
    '# wheelhouse lock 1',
    '# made by: the target lock; do not edit',
  ]);
  expect(workspace.read('runtime.txt')).toContain(`leaf==1.0 \\\n${sha256('leaf-1.0-py3-none-any.whl')}\n`);
  expect(workspace.read('test.txt')).not.toMatch(/127\.0\.0\.1|secret|http/);
  expect(index.requests.filter((url) => url.startsWith('/simple/local'))).toEqual([]);
  expect(workspace.hooks?.calls).toEqual([
    'get_requires_for_build_wheel app [maker]',
    'get_requires_for_build_wheel app [hooked maker]',
  ]);

  const [member] = (await workspace.input()).members;
  expect(member?.previous).toEqual(locks.get('app'));
  workspace.check(member!);
}, 120_000);

test('an sdist: its backend is asked in its own locked environment, never on the way to a resolution', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['dynamic', 'static']);
  const { written, locks } = await workspace.lock();
  expect(written.slice(2)).toEqual([
    'app/locks/build/app.txt',
    'app/locks/build/deeper.txt',
    'app/locks/build/dynamic.txt',
    'app/locks/build/static.txt',
  ]);
  expect(workspace.pins('runtime.txt')).toEqual(['deeper==2.0', 'dynamic==1.0', 'leaf==1.1', 'static==1.0']);
  expect(workspace.pins('build/dynamic.txt')).toEqual(['hooked==1.0', 'maker==1.0']);
  expect(workspace.pins('build/deeper.txt')).toEqual([]);
  expect(workspace.pins('build/static.txt')).toEqual(['deeper==2.0', 'dynamic==1.0', 'leaf==1.1']);
  expect(locks.get('app')?.build.get('dynamic==1.0')).toMatchObject({
    requirements: ['maker'],
    hookRequirements: ['hooked'],
  });
  const calls = workspace.hooks?.calls ?? [];
  expect(calls).toContain('prepare_metadata_for_build_wheel dynamic [hooked maker]');
  expect(calls.filter((call) => call.startsWith('prepare'))).toHaveLength(2);
  expect(existsSync(workspace.ran)).toBe(false);
}, 120_000);

test('what is locked stays until it is to be upgraded, and what did not change is not written', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf<1.1']);
  await workspace.lock();
  const before = statSync(join(workspace.directory, 'app/locks/build/app.txt')).mtimeMs;
  workspace.app(['leaf']);
  const second = await workspace.lock();
  expect(second.written).toEqual(['app/locks/test.txt', 'app/locks/runtime.txt']);
  expect(workspace.pins('test.txt')).toEqual(['leaf==1.0']);
  expect(statSync(join(workspace.directory, 'app/locks/build/app.txt')).mtimeMs).toBe(before);
  await workspace.lock({ upgrade: ['leaf'] });
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.1']);
}, 120_000);

test('a build lock that is no longer needed is removed', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['deeper']);
  await workspace.lock();
  workspace.app(['leaf']);
  expect((await workspace.lock()).removed).toEqual(['app/locks/build/deeper.txt']);
}, 120_000);

test("an unsatisfiable requirement is reported with its position and uv's message; nothing is written", async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf']);
  await workspace.lock();
  const before = workspace.read('test.txt');
  workspace.app(['leaf>=7']);
  const error: unknown = await workspace.lock().catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'RESOLUTION',
    message:
      'app/pyproject.toml [line 9 column 16]: the requirements of `app` and its tests cannot be resolved: no version satisfies `leaf>=7`',
  });
  expect(formatError(error as ElementError)).toMatch(/only leaf<=1\.1 is available and you require leaf>=7/);
  expect(formatError(error as ElementError)).not.toContain('secret');
  expect(workspace.read('test.txt')).toBe(before);
  expect(readdirSync(join(workspace.directory, 'app/locks')).sort()).toEqual(['build', 'runtime.txt', 'test.txt']);
}, 120_000);

describe('the build lock of a project for Pythons that nothing builds on any more', () => {
  const minor = (): string => interpreter.version.split('.').slice(0, 2).join('.');
  const locked = async (python: string, build: readonly string[]): Promise<LockWorkspace> => {
    const workspace = new LockWorkspace({ index, tools, interpreter });
    workspace.project('app', { dependencies: ['leaf'], build, python });
    if (build.includes('maker')) index.requiresPython.set('maker-1.0-py3-none-any.whl', `>=${minor()}`);
    try {
      await workspace.lock();
    } finally {
      index.requiresPython.clear();
    }
    return workspace;
  };

  test('is for the interpreter that builds, and fresh there', async () => {
    const workspace = await locked('>=3.8', ['maker']);
    expect(workspace.read('test.txt')).toContain('# python: 3.8\n');
    expect(workspace.read('build/app.txt')).toContain(`# python: ${minor()}\n`);
    const [member] = (await workspace.input()).members;
    expect(() => {
      workspace.check(member!);
    }).not.toThrow();
  }, 120_000);

  test.each(['>=2.7', '>=3.4'])(
    'is for what can build, and the others for all that uv resolves for: %s',
    async (python) => {
      const workspace = await locked(python, ['leaf']);
      expect(workspace.read('test.txt')).toContain('# python: 3.6\n');
      expect(workspace.read('build/app.txt')).toContain('# python: 3.8\n');
      const [member] = (await workspace.input()).members;
      expect(() => {
        workspace.check(member!);
      }).not.toThrow();
    },
    120_000,
  );
});

test('an override counts before what is required and what distributions require, also by the address of a file', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf<1.1', 'tester']);
  const file = 'leaf-1.1-py3-none-any.whl';
  mkdirSync(join(workspace.directory, 'app', 'files'));
  copyFileSync(join(index.directory, file), join(workspace.directory, 'app', 'files', file));
  const path = join(workspace.directory, 'app', 'pyproject.toml');
  const declared = readFileSync(path, 'utf8');
  for (const override of ['leaf==1.1', `leaf @ file:files/${file}`]) {
    workspace.write(
      'app/pyproject.toml',
      `${declared}[tool.uv]\noverride-dependencies = [${JSON.stringify(override)}, "winonly==1.0"]\n`,
    );
    await workspace.lock();
    // An override has no marker where the requirement has one.
    expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.1', 'tester==1.0', 'winonly==1.0']);
    expect(workspace.read('runtime.txt').includes(`# vendored: ${file} from file:app/files/${file}\n`)).toBe(
      override.includes('@'),
    );
    const [member] = (await workspace.input()).members;
    expect(() => {
      workspace.check(member!);
    }).not.toThrow();
  }
}, 120_000);

test("nothing is locked for platforms that uv's `environments` leave out", async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['tester']);
  const declared = readFileSync(join(workspace.directory, 'app/pyproject.toml'), 'utf8');
  workspace.write('app/pyproject.toml', `${declared}[tool.uv]\nenvironments = ["sys_platform == 'linux'"]\n`);
  await workspace.lock();
  expect(workspace.pins('runtime.txt').map((pin) => pin.split(' ')[0])).toEqual(['leaf==1.0', 'tester==1.0']);
  workspace.check((await workspace.input()).members[0]!);
  workspace.write('app/pyproject.toml', declared);
  const [app] = (await workspace.input()).members;
  expect(() => {
    workspace.check(app!);
  }).toThrow(/environments/);
}, 300_000);

test('an override by an address is fetched with the credentials in it, which no lock has', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf<1.1']);
  const address = index.url.replace('/simple', '/files/leaf-1.1-py3-none-any.whl');
  const path = join(workspace.directory, 'app', 'pyproject.toml');
  const override = JSON.stringify(`leaf @ ${index.authorized(address)}`);
  workspace.write(
    'app/pyproject.toml',
    `${readFileSync(path, 'utf8')}[tool.uv]\noverride-dependencies = [${override}]\n`,
  );
  await workspace.lock();
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.1']);
  expect(workspace.read('runtime.txt')).toContain(`# setting: override-dependencies = ["leaf @ ${address}"]\n`);
  expect(workspace.read('runtime.txt')).not.toContain('secret');
  const [member] = (await workspace.input()).members;
  workspace.check(member!);
}, 120_000);

test('what an sdist does not declare is built with it where the project says so, and a change is noticed offline', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['deeper']);
  const path = join(workspace.directory, 'app', 'pyproject.toml');
  const declared = readFileSync(path, 'utf8');
  const extra = (text: string): void => {
    workspace.write('app/pyproject.toml', `${declared}[tool.uv]\nextra-build-dependencies = { ${text} }\n`);
  };
  extra('Deeper = ["early"], app = ["leaf"]');
  await workspace.lock();
  expect(workspace.pins('build/deeper.txt')).toEqual(['early==1.0']);
  expect(workspace.read('build/deeper.txt')).toContain('# requirement: early\n# extra requirement: early\n');
  expect(workspace.pins('build/app.txt')).toEqual(expect.arrayContaining(['leaf==1.1']));
  const check = async (): Promise<string> => {
    const [member] = (await workspace.input()).members;
    try {
      workspace.check(member!);
      return '';
    } catch (error) {
      return formatError(error as ElementError);
    }
  };
  expect(await check()).toBe('');
  extra('deeper = ["early<2"], app = ["leaf"]');
  expect(await check()).toBe(
    'the lock `app/locks/build/deeper.txt` is out of date: the extra build requirement `early` is now `early<2` ' +
      '(app/pyproject.toml [line 13 column 29])\nhint: run `nx run app:lock`',
  );
  workspace.write('app/pyproject.toml', declared);
  expect(await check()).toContain('the extra build requirement `early` was removed');
  extra('deeper = [{ requirement = "early", match-runtime = true }]');
  await expect(workspace.input()).rejects.toThrow('`match-runtime` of `early` in `extra-build-dependencies.deeper`');
}, 120_000);

test('a requirement that is not for all Pythons of its project says so', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.project('app', { dependencies: ['leaf==1.1'], python: '>=3.8' });
  index.requiresPython.set('leaf-1.1-py3-none-any.whl', '>=3.9');
  try {
    const error: unknown = await workspace.lock().catch((reason: unknown) => reason);
    expect(formatError(error as ElementError)).toContain(
      '\nhint: this is for Python 3.8 and later: raise `requires-python`, or add a marker to the requirement; change',
    );
  } finally {
    index.requiresPython.clear();
  }
}, 120_000);

test('an sdist whose build needs itself is an error that names the cycle', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['cycle']);
  await expect(workspace.lock()).rejects.toMatchObject({
    code: 'RESOLUTION',
    message: 'the build of `cycle==1.0` needs itself: `cycle==1.0` -> `cycle==1.0`',
    hint: 'a wheel on an index would break the cycle',
  });
}, 120_000);

describe('a resolve', () => {
  const members = ['app', 'other', 'third'];
  let workspace: LockWorkspace;
  beforeAll(async () => {
    workspace = new LockWorkspace({ index, tools, interpreter });
    workspace.app(['leaf'], ['winonly']);
    workspace.project('other', { dependencies: ['leaf', 'hooked'], test: ['tester'] });
    workspace.project('third', { dependencies: ['dynamic'], build: ['maker', 'hooked'] });
    await workspace.lock({ members, resolve: 'all' });
  }, 120_000);

  test('has one version of everything, and each project the part of it that it needs', () => {
    // Alone, `app` would have the newer one; the tests of `other` take the older.
    expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.0']);
    expect(workspace.pins('test.txt')).toEqual(['leaf==1.0', 'winonly==1.0']);
    expect(workspace.pins('test.txt', 'other')).toEqual([
      ...['hooked==1.0', 'leaf==1.0', 'maker==1.0', 'tester==1.0'],
      'winonly==1.0 ; sys_platform == "win32"',
    ]);
    expect(workspace.pins('runtime.txt', 'other')).toEqual(['hooked==1.0', 'leaf==1.0', 'maker==1.0']);
    expect(workspace.pins('runtime.txt', 'third')).toEqual(['deeper==2.0', 'dynamic==1.0', 'leaf==1.0']);
    expect(readdirSync(join(workspace.directory, 'app/locks/build'))).toEqual(['app.txt']);
    expect(readdirSync(join(workspace.directory, 'third/locks/build')).sort()).toEqual([
      ...['deeper.txt', 'dynamic.txt', 'third.txt'],
    ]);
    expect(workspace.read('test.txt')).toMatch(/^# distribution: app\n# resolve: all\n# python: 3\.10$/m);
    expect(workspace.read('build/app.txt')).not.toContain('resolve:');
  });

  test('is locked again without a change, whichever of its projects asks', async () => {
    expect((await workspace.lock({ members, resolve: 'all' })).written).toEqual([]);
  }, 120_000);

  test('makes the locks of that project alone stale whose requirements change', async () => {
    workspace.project('other', { dependencies: ['leaf'], test: ['tester'] });
    const [app, other, third] = (await workspace.input(members)).members;
    workspace.check(app!, 'all');
    workspace.check(third!, 'all');
    expect(() => {
      workspace.check(other!, 'all');
    }).toThrow(/`hooked` was removed/);
    const { written } = await workspace.lock({ members, resolve: 'all' });
    expect(written).toEqual(['other/locks/test.txt', 'other/locks/runtime.txt']);
  }, 120_000);

  test('is left or changed: the locks are stale', async () => {
    const [app] = (await workspace.input()).members;
    expect(() => {
      workspace.check(app!);
    }).toThrow(
      /^the lock `app\/locks\/test\.txt` is out of date: it was made for the resolve `all`, but the project is in no resolve\n/,
    );
    expect(() => {
      workspace.check(app!, 'some');
    }).toThrow(/it was made for the resolve `all`, but the project is in the resolve `some`/);
  });

  test('upgrades a name for all of its projects, and writes the locks of those that use it', async () => {
    workspace.project('other', { dependencies: ['hooked'] });
    expect((await workspace.lock({ members, resolve: 'all' })).written).toEqual([
      ...['other/locks/test.txt', 'other/locks/runtime.txt'],
    ]);
    const { written } = await workspace.lock({ members, resolve: 'all', upgrade: ['leaf'] });
    expect(written).toEqual([
      ...['app/locks/test.txt', 'app/locks/runtime.txt', 'third/locks/test.txt', 'third/locks/runtime.txt'],
    ]);
    expect(workspace.pins('runtime.txt', 'third')).toContain('leaf==1.1');
  }, 120_000);

  test('without an answer says whose requirements they are, and writes nothing', async () => {
    workspace.project('other', { dependencies: ['leaf<1.1'] });
    workspace.project('third', { dependencies: ['leaf>=1.1'] });
    const before = readdirSync(join(workspace.directory, 'third/locks'));
    await expect(workspace.lock({ members, resolve: 'all' })).rejects.toMatchObject({
      code: 'RESOLUTION',
      message:
        'the requirements of the projects of the resolve `all` cannot be resolved: no version satisfies ' +
        '`leaf` (app/pyproject.toml [line 9 column 16]), `leaf<1.1` (other/pyproject.toml [line 9 column 16]), ' +
        '`leaf>=1.1` (third/pyproject.toml [line 9 column 16])',
    });
    expect(readdirSync(join(workspace.directory, 'third/locks'))).toEqual(before);
  }, 120_000);

  test('whose projects differ in what bounds their versions is an error that says where', async () => {
    const settings: SettingsOf = (root) => (root === 'other' ? { prereleases: 'allow' } : {});
    await expect(workspace.lock({ members, resolve: 'all' }, settings)).rejects.toMatchObject({
      code: 'RESOLUTION',
      message: 'the projects of the resolve `all` differ in `prereleases`: `app` has none, and `other` has `allow`',
      hint: 'make them the same, or remove a project from the option `resolves`',
    });
  }, 120_000);

  test('whose projects are for different Pythons is an error that says which', async () => {
    workspace.project('other', { python: '>=3.12' });
    workspace.project('third', { python: '<3.12,>=3.9' });
    await expect(workspace.lock({ members: ['other', 'third'], resolve: 'all' })).rejects.toMatchObject({
      code: 'RESOLUTION',
      message:
        'no Python version fits all projects of the resolve `all`: `other` is for `>=3.12` (other/pyproject.toml [line 8]), ' +
        '`third` is for `<3.12,>=3.9` (third/pyproject.toml [line 8])',
      hint: 'change `requires-python`, or remove a project from the option `resolves`',
    });
  }, 120_000);
});

test('constraints, pre-releases and hashes of files limit runtime, tests and builds, and are in the headers', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['early', 'deeper']);
  const leaf = index.sha256('leaf-1.0-py3-none-any.whl');
  workspace.write('app/requirements.txt', `--pre\nleaf --hash=sha256:${leaf} --hash=sha256:${'0'.repeat(64)}\n`);
  workspace.write('constraints.txt', 'leaf<1.1\nmaker<2\n');
  const settings = {
    requirements: ['requirements.txt'],
    constraints: ['{workspaceRoot}/constraints.txt'],
    buildConstraints: [],
  };
  const locks = (await workspace.lock({}, () => settings)).locks.get('app')!;
  expect(workspace.pins('runtime.txt')).toEqual(['deeper==2.0', 'early==2.0b1', 'leaf==1.0']);
  expect(locks.test.entries.find(({ normalizedName }) => normalizedName === 'leaf')?.hashes).toEqual([
    `sha256:${leaf}`,
  ]);
  for (const lock of [locks.test, locks.runtime, ...locks.build.values()]) {
    expect(lock).toMatchObject({ constraints: ['leaf<1.1', 'maker<2'], prereleases: 'allow' });
  }
  const [app] = (await workspace.input(['app'], () => settings)).members;
  workspace.check(app!);
  workspace.write('app/requirements.txt', `leaf --hash=sha256:${'0'.repeat(64)}\n`);
  await expect(workspace.lock({}, () => settings)).rejects.toMatchObject({
    code: 'LOCK_HASH',
    message: 'app/requirements.txt [line 1 column 0]: no file of `leaf==1.0` is among the hashes of `leaf`',
    hint: 'if the files were replaced on purpose, change the hashes',
  });
  workspace.write('constraints.txt', 'maker<1\n');
  await expect(workspace.lock({}, () => ({ ...settings, requirements: [] }))).rejects.toMatchObject({
    code: 'RESOLUTION',
  });
}, 120_000);

describe('what noBinary names', () => {
  const place = { workspace: '', command: 'nx run app:lock' };
  const messageOf = (noBinary: readonly string[], { locks }: LockOutcome): string => {
    try {
      checkNoBinary(noBinary, locks.get('app')!, { ...place, markers: interpreter.markers });
    } catch (error) {
      return formatError(error as ElementError);
    }
    return '';
  };

  test('is built from its sdist although there is a wheel, and a change of the option is noticed offline', async () => {
    const workspace = new LockWorkspace({ index, tools, interpreter });
    workspace.app(['plain', 'leaf']);
    const before = await workspace.lock();
    expect(before.written).not.toContain('app/locks/build/plain.txt');
    const after = await workspace.lock({ noBinary: ['plain', 'unheard-of'] });
    expect(after.written).toEqual(['app/locks/build/plain.txt']);
    expect(workspace.pins('build/plain.txt')).toEqual(['maker==1.0']);
    expect(workspace.read('build/plain.txt').split('\n')).toContain('# no binary: true');
    expect(messageOf([], before)).toBe('');
    expect(messageOf(['plain', 'unheard-of'], after)).toBe('');
    expect(messageOf(['plain'], before)).toBe(
      'the lock `app/locks/test.txt` is out of date: it has a wheel of `plain==1.0`, which `noBinary` now lists\n' +
        'hint: run `nx run app:lock`',
    );
    expect(messageOf([], after)).toBe(
      'the lock `app/locks/build/plain.txt` is out of date: `noBinary` no longer lists `plain`\n' +
        'hint: run `nx run app:lock`',
    );
  }, 120_000);

  test('may need itself to be built: its wheel is taken there, and the lock says so', async () => {
    const workspace = new LockWorkspace({ index, tools, interpreter });
    workspace.app(['ping']);
    const outcome = await workspace.lock({ noBinary: ['ping', 'pong'] });
    expect(outcome.written.slice(2)).toEqual([
      'app/locks/build/app.txt',
      'app/locks/build/ping.txt',
      'app/locks/build/pong.txt',
    ]);
    expect(outcome.locks.get('app')?.build.get('ping==1.0')?.bootstrap).toBeUndefined();
    expect(outcome.locks.get('app')?.build.get('pong==1.0')?.bootstrap).toEqual(['ping==1.0']);
    expect(workspace.read('build/pong.txt').split('\n')).toContain('# bootstrap: ping==1.0');
    expect(messageOf(['ping', 'pong'], outcome)).toBe('');
  }, 120_000);

  test('breaks the cycle of another that has no wheel, and is then built nowhere', async () => {
    const workspace = new LockWorkspace({ index, tools, interpreter });
    workspace.app(['stubborn']);
    const { written, locks } = await workspace.lock({ noBinary: ['helpful'] });
    expect(written.slice(2)).toEqual(['app/locks/build/app.txt', 'app/locks/build/stubborn.txt']);
    expect(locks.get('app')?.build.get('stubborn==1.0')?.bootstrap).toEqual(['helpful==1.0']);
  }, 120_000);

  test('has to have an sdist', async () => {
    const workspace = new LockWorkspace({ index, tools, interpreter });
    workspace.app(['leaf']);
    await expect(workspace.lock({ noBinary: ['leaf'] })).rejects.toMatchObject({
      code: 'FETCH',
      message: 'no index has an sdist of `leaf==1.1` for this interpreter',
    });
  }, 120_000);
});
