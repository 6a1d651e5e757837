import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { writeHostileSdist } from './support/hostile-sdist.js';
import { removeTree } from './support/remove-tree.js';
import { serveIndex, type SimpleIndex } from './support/simple-index.js';
import { runProgram, runWell, type Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

// What goes wrong, or goes unnoticed, where Python is built without care. Those traps that need more than a small
// project have their tests where that is: backends.test.ts, and the snapshot for another target.

let base: string;
let workspace: Workspace;
let index: SimpleIndex;
/** Written by the setup.py of hostile sdists, wherever it runs. */
let mark: string;
let server: Server;
let connections = 0;

async function nx(...words: readonly string[]): Promise<Ended> {
  return await workspace.nx([...words, '--output-style=static'], { environment: { PIP_EXTRA_INDEX_URL: index.url } });
}

async function nxWell(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await nx(...words);
  if (exitCode !== 0) throw new Error(`nx ${words.join(' ')} ended with ${String(exitCode)}:\n${stdout}\n${stderr}`);
  return stdout;
}

function members(project: string): string[] {
  const directory = workspace.path(`dist/${project}/wheel`);
  const [wheel = '', ...more] = readdirSync(directory);
  expect(more).toEqual([]);
  const code = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
  return execFileSync('python3', ['-c', code, join(directory, wheel)], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-traps-'));
  mark = join(base, 'mark');
  const archives = join(base, 'archives');
  mkdirSync(archives);
  server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const always = `try:\n    open(${JSON.stringify(mark)}, "w").close()\nexcept OSError:\n    pass`;
  writeHostileSdist(archives, {
    name: 'phones-home',
    always,
    onBuild: `import socket\nsocket.create_connection(("127.0.0.1", ${port}))`,
  });
  writeHostileSdist(archives, {
    name: 'writes-outside',
    always,
    onBuild: 'open("/usr/share/writes-outside", "w").close()',
  });
  index = await serveIndex(archives);
  const source = join(REPOSITORY, 'e2e', 'fixtures', 'traps');
  workspace = new Workspace({ base, source, parts: readdirSync(source) });
  await nxWell('run-many', '-t', 'lock', '--parallel=2');
  workspace.commit();
  await nxWell('run-many', '-t', 'snapshot', '--parallel=2');
  await nxWell('run-many', '-t', 'build-wheel', '--projects=legacy,asking,old', '--parallel=2');
});

afterAll(async () => {
  await index.stop();
  await new Promise((resolve) => server.close(resolve));
  removeTree(base);
});

test('trap: the build requirements are missing from what `pip download` of the requirements leaves', async () => {
  const snapshot = readdirSync(workspace.path('dist/legacy/snapshot'));
  expect(snapshot.map((name) => name.split('-')[0])).toEqual(expect.arrayContaining(['setuptools', 'six', 'pytest']));
  const venv = join(base, 'pip');
  const env = { PATH: process.env.PATH, HOME: join(base, 'home') };
  await runWell(['python3', '-m', 'venv', venv], { cwd: base, env });
  await runWell(
    [
      ...[join(venv, 'bin', 'pip'), '--isolated', 'wheel', '--quiet', '--no-index', '--no-cache-dir'],
      ...['--find-links', workspace.path('dist/asking/snapshot'), '--wheel-dir', join(base, 'by-pip')],
      workspace.path('asking'),
    ],
    { cwd: base, env },
  );
  expect(readdirSync(join(base, 'by-pip'))).toEqual(['asking-1.0.0-py3-none-any.whl']);
});

test('trap: build-system.requires is not all that a backend requires', () => {
  expect(workspace.read('asking/locks/build/asking.txt')).toMatch(
    /^# requirement: flit-core<4,>=3\.12\n# hook requirement: six>=1\.16\n/m,
  );
  expect(members('asking')).toContain('asking/__init__.py');
});

test('trap: --require-hashes does not reach what a wheel is built with', async () => {
  const lock = 'old/locks/build/old.txt';
  const text = workspace.read(lock);
  const [, wrong = ''] = /^setuptools==(?:.*\n)(.*(?:\n {4}.*)*)/m.exec(text) ?? [];
  workspace.edit(lock, wrong, wrong.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${'0'.repeat(64)}`));
  rmSync(workspace.path('dist/old'), { recursive: true });
  const { exitCode, stderr, stdout } = await nx('run', 'old:build-wheel');
  workspace.restore();
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toMatch(
    /^ *old\/locks\/build\/old\.txt \[line \d+ column 0\]: `setuptools-68\.2\.2\S*` is not the locked file of `setuptools==68\.2\.2`: expected `sha256:0{64}`, got `sha256:[0-9a-f]{64}`$/m,
  );
  expect(existsSync(workspace.path('dist/old/wheel'))).toBe(false);
  await nxWell('run', 'old:build-wheel');
});

test("trap: pip's cache is used instead of a file whose hash is known", () => {
  expect(existsSync(join(workspace.home, '.cache', 'pip'))).toBe(false);
  expect(existsSync(join(workspace.home, '.cache', 'uv'))).toBe(false);
});

test('trap: to download an sdist, or to ask for its metadata, runs its code on this machine', () => {
  expect(readdirSync(workspace.path('dist/customer-phones-home/snapshot'))).toContain('phones-home-1.0.tar.gz');
  expect(existsSync(mark)).toBe(false);
});

test('trap: a module that was deleted comes back from build/lib', async () => {
  expect(members('legacy')).toContain('legacy/extra.py');
  workspace.write('legacy/build/lib/legacy/extra.py', '"""Left by a build in the source directory."""\n');
  workspace.remove('legacy/legacy/extra.py');
  await nxWell('run', 'legacy:build-wheel');
  expect(members('legacy').filter((name) => !name.includes('.dist-info/'))).toEqual(['legacy/__init__.py']);
  workspace.restore();
});

test('trap: an older version is in the wheelhouse beside the new one', async () => {
  await nxWell('run', 'legacy:build-wheel');
  workspace.edit('legacy/setup.py', 'version="1.0.0"', 'version="1.1.0"');
  await nxWell('run', 'legacy:build-wheel');
  const wheels = readdirSync(workspace.path('dist/legacy/wheelhouse')).filter((name) => name.startsWith('legacy-'));
  expect(wheels).toEqual(['legacy-1.1.0-py3-none-any.whl']);
  expect(workspace.read('dist/legacy/wheelhouse/requirements.txt')).toMatch(/^legacy==1\.1\.0 /m);
  workspace.restore();
});

test('trap: the project itself is in the snapshot', () => {
  for (const project of ['legacy', 'asking', 'old']) {
    const files = readdirSync(workspace.path(`dist/${project}/snapshot`));
    expect(files.filter((name) => name.startsWith(`${project}-`))).toEqual([]);
  }
});

test('trap: an old setuptools does not know bdist_wheel', () => {
  expect(workspace.read('old/locks/build/old.txt')).toMatch(/^# hook requirement: wheel$/m);
  expect(members('old')).toContain('old/__init__.py');
});

test('trap: a file that changed at equal size runs as it was before', async () => {
  const report = async (): Promise<string | undefined> => {
    await nxWell('run', 'legacy:test');
    return /NUMBER is (\d)/.exec(workspace.read('reports/legacy/junit.xml'))?.[1];
  };
  const options = 'junit_logging = "all"\n';
  workspace.write('legacy/pytest.ini', `[pytest]\n${options.replaceAll('"', '')}`);
  expect(await report()).toBe('1');
  workspace.edit('legacy/legacy/__init__.py', 'NUMBER = 1', 'NUMBER = 2');
  expect(await report()).toBe('2');
  workspace.restore();
});

describe('an sdist', () => {
  async function refusal(project: string): Promise<string> {
    const { exitCode, stdout, stderr } = await runProgram(
      [process.execPath, workspace.path('node_modules/@wheelhouse/build/bin/wheelhouse.js'), 'build', project],
      { cwd: workspace.directory, env: workspace.environment },
    );
    expect(exitCode).toBe(2);
    expect(existsSync(workspace.path(`dist/${project}/wheel`))).toBe(false);
    return stdout + stderr;
  }

  test('that phones home is refused', async () => {
    const text = await refusal('customer-phones-home');
    expect(text).toMatch(/^failed {5}sdist-wheel\/phones-home-1\.0-[0-9a-f]{12}\.bst [0-9a-f]{8} after \d+\.\d s$/m);
    expect(text).toMatch(/^ {11}command `.*build-wheel \/buildstream-install\/wheelhouse` exited with code 1$/m);
    expect(text).toMatch(/^ {11}\| ConnectionRefusedError: \[Errno 111\] Connection refused$/m);
    expect(connections).toBe(0);
  });

  test('that writes outside of its directory is refused', async () => {
    const text = await refusal('customer-writes-outside');
    expect(text).toMatch(/^failed {5}sdist-wheel\/writes-outside-1\.0-[0-9a-f]{12}\.bst [0-9a-f]{8} after \d+\.\d s$/m);
    expect(text).toMatch(/^ {11}\| OSError: \[Errno 30\] Read-only file system: '\/usr\/share\/writes-outside'$/m);
    expect(existsSync('/usr/share/writes-outside')).toBe(false);
  });
});
