import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { type Interpreter, publicAddress } from '@wheelhouse/python/internal';
import type { Tools } from '@wheelhouse/python/fetch';
import { checkVendored, parseLock, vendoredTrees, type ProjectLocks } from '@wheelhouse/python/lockfile';
import { PackageIndex, anInterpreter, sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';
import { AppWorkspace } from '../testing/app-workspace.js';

let index: PackageIndex;
let tools: Tools;
let interpreter: Interpreter;
beforeAll(async () => {
  index = await PackageIndex.start([
    { name: 'leaf', version: '1.0', format: 'wheel' },
    { name: 'maker', version: '1.0', format: 'wheel' },
    { name: 'hooked', version: '1.0', format: 'wheel' },
    // What a stranger publishes under the name and version of what is vendored.
    { name: 'forked', version: '1.0', format: 'wheel' },
    { name: 'direct', version: '2.0', format: 'sdist', static: true, requires: ['leaf'], build: [] },
  ]);
  tools = await sharedTools();
  interpreter = await anInterpreter();
}, 120_000);
afterAll(async () => {
  await index.stop();
});

const BACKEND = (version: string): string => `import os
open(os.environ.get("RAN") or os.devnull, "a").write("forked")

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    name = "forked-${version}.dist-info"
    os.mkdir(os.path.join(directory, name))
    with open(os.path.join(directory, name, "METADATA"), "w") as out:
        out.write("Metadata-Version: 2.1\\nName: Forked\\nVersion: ${version}\\nRequires-Dist: leaf\\n")
    return name
`;

class Repository {
  readonly directory = join(temporaryDirectory(), 'forked.git');

  constructor() {
    mkdirSync(this.directory);
    this.git('init', '--quiet', '--initial-branch=main');
    this.write(
      'libs/forked/pyproject.toml',
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    );
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.directory, name, '..'), { recursive: true });
    writeFileSync(join(this.directory, name), text);
  }

  commit(version: string): string {
    this.write('libs/forked/backend.py', BACKEND(version));
    this.git('add', '-A');
    this.git('-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '--quiet', '-m', version);
    return this.git('rev-parse', 'HEAD').trim();
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-C', this.directory, ...args], { encoding: 'utf8' });
  }
}

function check(workspace: AppWorkspace, locks: ProjectLocks): Promise<string> {
  const place = { workspace: workspace.directory, command: 'nx run app:lock' };
  return vendoredTrees(locks, workspace.directory).then((trees) => {
    try {
      checkVendored({ root: 'app' }, locks, place, trees);
      return '';
    } catch (error) {
      return formatError(error as ElementError);
    }
  });
}

describe('a requirement from git', () => {
  const repository = new Repository();
  let workspace: AppWorkspace;
  let [first, second] = ['', ''];
  let locks: ProjectLocks;

  test('is vendored at its commit, and no index is asked for its name', async () => {
    workspace = new AppWorkspace({ index, tools, interpreter });
    first = repository.commit('1.0');
    workspace.app([`forked @ git+file://${repository.directory}@main#subdirectory=libs/forked`]);
    const outcome = await workspace.lockApp();
    locks = outcome.locks;
    expect(outcome.written[0]).toBe('app/locks/vendor/forked-1.0.tar.gz');
    expect(workspace.pins('runtime.txt')).toEqual(['forked==1.0', 'leaf==1.0']);
    expect(locks.runtime.vendored).toEqual([
      {
        file: 'forked-1.0.tar.gz',
        from: `git+file://${repository.directory}@main#subdirectory=libs/forked`,
        at: first,
      },
    ]);
    expect(locks.build.get('forked==1.0')).toMatchObject({ requirements: [], entries: [] });
    expect(index.requests.filter((url) => url.includes('forked'))).toEqual([]);
    expect(existsSync(workspace.ran)).toBe(false);
    expect(await check(workspace, locks)).toBe('');
    const archive = join(workspace.directory, 'app/locks/vendor/forked-1.0.tar.gz');
    expect(execFileSync('tar', ['tf', archive], { encoding: 'utf8' }).split('\n')).toEqual([
      'forked-1.0/backend.py',
      'forked-1.0/pyproject.toml',
      '',
    ]);
    // pip itself takes the locks with the directory beside them.
    const links = ['--no-index', '--find-links', join(workspace.directory, 'app/locks/vendor')];
    const destination = temporaryDirectory();
    const requirement = join(destination, 'requirements.txt');
    writeFileSync(requirement, workspace.read('runtime.txt').replace(/^leaf.*\n.*\n/m, ''));
    execFileSync(tools.python, [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--require-hashes',
      '--no-build-isolation',
      '-d',
      destination,
      ...links,
      '-r',
      requirement,
    ]);
    expect(readdirSync(destination)).toContain('forked-1.0.tar.gz');
  }, 300_000);

  test('stays at its commit when its branch moves, until it is to be upgraded', async () => {
    second = repository.commit('1.1');
    const kept = await workspace.lockApp({ previous: locks });
    expect([kept.written, kept.removed]).toEqual([[], []]);
    const upgraded = await workspace.lockApp({ previous: locks, upgrade: ['forked'] });
    expect(upgraded.removed).toEqual(['app/locks/vendor/forked-1.0.tar.gz']);
    expect(upgraded.locks.test.vendored?.[0]).toMatchObject({ file: 'forked-1.1.tar.gz', at: second });
    locks = upgraded.locks;
  }, 300_000);

  test('is refused where its file was tampered with', async () => {
    const archive = join(workspace.directory, 'app/locks/vendor/forked-1.1.tar.gz');
    const good = readFileSync(archive);
    appendFileSync(archive, 'x');
    const [entry] = locks.test.entries;
    const message = (await check(workspace, locks)).replace(/it is `sha256:[0-9a-f]{64}`/, 'it is `...`');
    expect(message).toBe(
      `app/locks/test.txt [line ${entry?.origin.line ?? 0} column 0]: \`app/locks/vendor/forked-1.1.tar.gz\` is not the locked file: it is \`...\`, but the lock has \`${entry?.hashes[0] ?? ''}\`\n` +
        'hint: restore the file from version control, or remove it and lock again',
    );
    await expect(workspace.lockApp({ previous: locks })).rejects.toMatchObject({ code: 'LOCK_HASH' });
    writeFileSync(archive, good);
    expect(await check(workspace, locks)).toBe('');
  }, 120_000);

  test('whose revision is not there is an error that names it, without credentials', async () => {
    workspace.app([`forked @ git+file://${repository.directory}@nowhere#subdirectory=libs/forked`]);
    await expect(workspace.lockApp()).rejects.toMatchObject({
      code: 'FETCH',
      message: `app/pyproject.toml [line 9 column 16]: \`file://${repository.directory}\` has no revision \`nowhere\``,
    });
    workspace.app(['forked @ git+http://user:s3cret@127.0.0.1:9/x']);
    const error: unknown = await workspace.lockApp().catch((reason: unknown) => reason);
    expect(formatError(error as ElementError)).toMatch(
      /^app\/pyproject\.toml \[line 9 column 16\]: `http:\/\/127\.0\.0\.1:9\/x` cannot be reached \(Failed to connect to .*\): git cannot fetch it\n/,
    );
    expect(formatError(error as ElementError)).not.toContain('s3cret');
  }, 120_000);
});

test('a wheel and a directory of the workspace are vendored as they are, and a change of them makes the lock stale', async () => {
  const workspace = new AppWorkspace({ index, tools, interpreter });
  workspace.app([]);
  workspace.write('vendor/placeholder', '');
  copyFileSync(
    join(index.directory, 'leaf-1.0-py3-none-any.whl'),
    join(workspace.directory, 'vendor/leaf-1.0-py3-none-any.whl'),
  );
  workspace.write(
    'libs/plain/pyproject.toml',
    '[project]\nname = "Plain.Thing"\nversion = "3.0"\ndependencies = ["leaf"]\n[build-system]\nrequires = ["maker"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
  workspace.write('libs/plain/backend.py', BACKEND('3.0'));
  workspace.write('app/requirements.txt', '../vendor/leaf-1.0-py3-none-any.whl\n-e ../libs/plain\n');
  const settings = { requirements: ['requirements.txt'] };
  const { locks, written } = await workspace.lockApp({}, settings);
  expect(written.slice(0, 2)).toEqual([
    'app/locks/vendor/leaf-1.0-py3-none-any.whl',
    'app/locks/vendor/plain_thing-3.0.tar.gz',
  ]);
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.0', 'plain-thing==3.0']);
  expect(locks.runtime.requirements).toEqual(['file:libs/plain', 'leaf @ file:vendor/leaf-1.0-py3-none-any.whl']);
  expect(workspace.read('runtime.txt')).not.toContain(workspace.directory);
  expect(await check(workspace, locks)).toBe('');
  expect((await workspace.lockApp({ previous: locks }, settings)).written).toEqual([]);
  workspace.write('libs/plain/backend.py', `${BACKEND('3.0')}# changed\n`);
  expect(await check(workspace, locks)).toBe(
    'the lock `app/locks/test.txt` is out of date: `libs/plain` was changed\nhint: run `nx run app:lock`',
  );
  const again = await workspace.lockApp({ previous: locks }, settings);
  expect(again.written[0]).toBe('app/locks/vendor/plain_thing-3.0.tar.gz');
}, 300_000);

test('an archive is fetched from its address with the variables it names, which nothing keeps', async () => {
  const workspace = new AppWorkspace({ index, tools, interpreter });
  workspace.app([]);
  workspace.environment = { SECRET: 'secret' };
  const address = (index.settings.indexUrl ?? '')
    .replace('user:secret', 'user:${SECRET}')
    .replace('/simple', '/files/direct-2.0.tar.gz');
  const settings = { requirements: ['requirements.txt'] };
  workspace.write('app/requirements.txt', `direct @ ${address}#sha256=${index.sha256('direct-2.0.tar.gz')}\n`);
  const { locks } = await workspace.lockApp({}, settings);
  expect(workspace.pins('runtime.txt')).toEqual(['direct==2.0', 'leaf==1.0']);
  expect(locks.runtime.vendored?.[0]?.from).toBe(
    publicAddress(`${address}#sha256=${index.sha256('direct-2.0.tar.gz')}`),
  );
  for (const name of ['test.txt', 'runtime.txt', 'build/app.txt', 'build/direct.txt'])
    expect(workspace.read(name)).not.toMatch(/secret|SECRET/);
  expect(parseLock(workspace.read('test.txt'), 'test.txt').entries[0]?.hashes).toEqual([
    `sha256:${index.sha256('direct-2.0.tar.gz')}`,
  ]);
  workspace.write('app/requirements.txt', `direct @ ${address}#sha256=${'0'.repeat(64)}\n`);
  await expect(workspace.lockApp({}, settings)).rejects.toMatchObject({ code: 'LOCK_HASH' });
}, 300_000);
