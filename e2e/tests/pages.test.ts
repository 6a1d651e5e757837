import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { PageShell, pageBlocks, type PageBlock } from './support/page-shell.js';
import { startRegistry, type Registry } from './support/registry.js';
import { removeTree } from './support/remove-tree.js';
import { freePort } from './support/service.js';
import { runProgram, runWell } from './support/users.js';

// The first hour of a user: a workspace of Nx's own generator, the packages from tarballs and from a registry, and then
// every command that the pages show, in their order.

const PACKAGES = ['element', 'oci', 'python', 'python-lock', 'python-stage', 'build', 'scaffold', 'cache'];

const { version: VERSION } = JSON.parse(
  readFileSync(join(REPOSITORY, 'packages', 'build', 'package.json'), 'utf8'),
) as { version: string };

/** As a user on a machine without a terminal calls it. */
const NEW_WORKSPACE = [
  ...['--preset=apps', '--packageManager=npm', '--formatter=none', '--nxCloud=never', '--aiAgents=none'],
  ...['--skipGit', '--no-analytics', '--no-interactive'],
];

/** The pages whose commands are run, in the order in which they are read. */
const PAGES = [
  'docs/guide/installing.md',
  'README.md',
  ...['getting-started', 'build-stage', 'testing-and-venv', 'wheelhouse-and-publishing'].map((name) => guide(name)),
  ...['locking', 'resolves-and-indexes', 'backends', 'scaffolding'].map((name) => guide(name)),
  ...['shared-cache', 'cache-github-actions', 'cache-gitlab', 'cache-overview', 'cache-proxy'].map((name) =>
    guide(name),
  ),
];

/** What `wheelhouse-cache token create` prints. */
const TOKEN = /^whc_\S+$/gm;

const blocks = pageBlocks();
const standIns = new Map<string, string>();

let directory: string;
let registry: Registry | undefined;
let workspace: string;
let environment: NodeJS.ProcessEnv;
const shells: PageShell[] = [];

function guide(name: string): string {
  return `docs/guide/${name}.md`;
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(join(workspace, path), 'utf8'));
}

async function nx(...args: string[]): Promise<string> {
  const words = [join(workspace, 'node_modules', '.bin', 'nx'), ...args];
  const { stdout, stderr } = await runWell(words, { cwd: workspace, env: environment });
  return stdout + stderr;
}

async function git(...words: string[]): Promise<void> {
  const identity = ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.org'];
  await runWell(['git', ...identity, ...words], { cwd: workspace, env: environment });
}

/** A directory with an `npx` that runs a program of the workspace directly, and leaves all else to npm's. */
function directNpx(): string {
  const npx = execFileSync('sh', ['-c', 'command -v npx'], { encoding: 'utf8' }).trim();
  const bin = join(directory, 'npx');
  mkdirSync(bin);
  const lines = ['#!/bin/sh', 'program="$PWD/node_modules/.bin/$1"', `[ -x "$program" ] || exec ${npx} "$@"`];
  writeFileSync(join(bin, 'npx'), [...lines, 'shift', 'exec "$program" "$@"', ''].join('\n'), { mode: 0o755 });
  return bin;
}

/** What is affected is what differs from the last commit. A test more leaves the wheel as it was published. */
function addTest(name: string): void {
  appendFileSync(join(workspace, 'apps', 'my-app', 'tests', 'test_size.py'), `\n\ndef ${name}():\n    assert my_app\n`);
}

/** Takes the blocks of a page one after the other. @returns what they printed */
async function read(page: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const outside = join(directory, 'outside', page.replaceAll('/', '-'));
  const shell = new PageShell({ workspace, outside, environment: { ...environment, ...more }, standIns });
  shells.push(shell);
  const printed: string[] = [];
  for (const block of blocks.get(page) ?? []) {
    printed.push(await shell.take(block));
    // The last token that was made is the one that is meant next.
    const token = printed.at(-1)?.match(TOKEN)?.at(-1);
    if (token !== undefined) standIns.set('whc_...', token);
  }
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', page);
  return printed.join('');
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-pages-'));
  registry = await startRegistry(join(directory, 'registry'));
  environment = {
    ...registry.environment,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    CI: 'true',
    WHEELHOUSE_CACHE_DIR: join(directory, 'store'),
    XDG_CACHE_HOME: join(directory, 'caches'),
    // What is installed globally.
    npm_config_prefix: join(directory, 'global'),
    PATH: `${join(directory, 'global', 'bin')}:${process.env.PATH ?? ''}`,
  };
  const options = { cwd: directory, env: environment };
  await runWell(['npm', 'exec', '--yes', '--', 'create-nx-workspace@23.2.1', 'workspace', ...NEW_WORKSPACE], options);
  workspace = join(directory, 'workspace');
  cpSync(join(REPOSITORY, 'e2e', 'fixtures', 'pages'), workspace, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main');
  const tarballs = join(workspace, 'packs');
  mkdirSync(tarballs);
  const sources = PACKAGES.map((name) => join(REPOSITORY, 'packages', name));
  await runWell(['npm', 'pack', '--ignore-scripts', ...sources, '--pack-destination', tarballs], options);

  const cache = `127.0.0.1:${await freePort()}`;
  standIns.set('-0.1.0.tgz', `-${VERSION}.tgz`);
  standIns.set('http://127.0.0.1:4873', registry.url);
  standIns.set('127.0.0.1:8080', `127.0.0.1:${await freePort()}`);
  standIns.set('https://cache.example.org', `http://${cache}`);
  standIns.set('127.0.0.1:3737', cache);
  standIns.set('/srv/index', join(directory, 'index'));
  standIns.set('/somewhere/else', join(directory, 'elsewhere'));
});

afterAll(async () => {
  for (const shell of shells) await shell.stop();
  await runWell(['npx', 'wheelhouse-cache', 'proxy', 'stop'], { cwd: workspace, env: environment });
  await registry?.stop();
  removeTree(directory);
});

test('no page is forgotten whose commands are run', () => {
  const run = [...blocks].filter(([, ofPage]) => ofPage.some(({ how }: PageBlock) => how === 'run'));
  expect(run.map(([page]) => page).sort()).toEqual([...PAGES].sort());
});

test('installing: from tarballs, and from a registry', async () => {
  await read('docs/guide/installing.md');

  expect(json('nx.json')).toMatchObject({
    plugins: [
      { plugin: '@wheelhouse/build', options: {} },
      { plugin: '@wheelhouse/cache', options: {} },
    ],
  });
  expect(json('package.json')).toMatchObject({
    devDependencies: { '@wheelhouse/build': expect.stringMatching(new RegExp(`^[~^]?${VERSION}$`)) as string },
  });
  const ignored = readFileSync(join(workspace, '.gitignore'), 'utf8').split('\n');
  expect(ignored.map((line) => line.replaceAll('/', ''))).toEqual(expect.arrayContaining(['dist', 'reports', '.venv']));
  const installed = join('node_modules', '@wheelhouse', 'element', 'package.json');
  expect(json(installed)).toMatchObject({ name: '@wheelhouse/element', version: VERSION });
  const shown = JSON.parse(await nx('show', 'project', 'my-app', '--json')) as { targets: Record<string, unknown> };
  expect(Object.keys(shown.targets).sort()).toEqual([
    ...['build-wheel', 'lock', 'publish', 'snapshot', 'test', 'venv'],
  ]);
});

test('without locks nothing is built, and it is said how to make them', async () => {
  const words = [join(workspace, 'node_modules', '.bin', 'nx'), 'run', 'my-app:build-wheel'];
  const { exitCode, stdout, stderr } = await runProgram(words, { cwd: workspace, env: environment });
  // 1 or 130: Nx has its own where tasks are left out because of others.
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toContain(
    'the lock `apps/my-app/locks/test.txt` does not exist\nhint: run `nx run my-app:lock`\n',
  );
  expect(existsSync(join(workspace, 'dist', 'apps', 'my-app'))).toBe(false);
});

test('the first page: lock, test, build-wheel, venv and publish', async () => {
  const printed = await read('README.md');

  expect(readdirSync(join(workspace, 'apps', 'my-app', 'locks')).sort()).toEqual(['build', 'runtime.txt', 'test.txt']);
  expect(printed).toMatch(/^built +wheel\/my-app\.bst /m);
  expect(printed).not.toMatch(/ [1-9]\d* failed$/m);
  expect(printed).toContain('tests: 3 passed, 0 failed, 0 skipped');
  expect(json('reports/apps/my-app/record.json')).toMatchObject({ passed: 3, failed: 0, skipped: 0, hermetic: true });
});

test('getting started: the wheel is installed from the wheelhouse alone', async () => {
  // So far npx and Nx ran as they do by default. From here on Nx runs plugins in its own process, and what npx finds in the
  // workspace is run without npm: both start sooner.
  environment.NX_ISOLATE_PLUGINS = 'false';
  environment.PATH = `${directNpx()}:${environment.PATH ?? ''}`;
  await read(guide('getting-started'));
  const program = join(workspace, 'dist', 'apps', 'my-app', 'app', 'bin', 'my-app');
  const { stdout } = await runWell([program, '3072'], { cwd: directory, env: {} });
  expect(stdout).toBe('3.0 KiB\n');
});

test('what has been built is not built again', async () => {
  await nx('run', 'my-app:test');
  const again = await nx('run', 'my-app:test');
  expect(again).toMatch(/Nx read the output from the cache instead of running the command for 3 out of 3 tasks/);
  const anew = await nx('run', 'my-app:test', '--skip-nx-cache');
  expect(anew.match(/^\d+ built, \d+ cached, \d+ failed$/gm)).toHaveLength(3);
  expect(anew.match(/^0 built, [1-9]\d* cached, 0 failed$/gm)).toHaveLength(3);
});

test('the build stage, and tests', async () => {
  addTest('test_three');
  await read(guide('build-stage'));
  const [wheel] = readdirSync(join(workspace, 'dist', 'apps', 'my-app', 'wheel'));
  expect(existsSync(join(directory, 'index', 'files', 'my-app', wheel ?? ''))).toBe(true);
  await read(guide('testing-and-venv'));
});

test('a wheelhouse that was carried elsewhere, and an index', async () => {
  // The page before ends with a part of the tests, which leaves no record.
  await nx('run', 'my-app:test');
  const elsewhere = join(directory, 'elsewhere');
  cpSync(join(workspace, 'dist', 'apps', 'my-app', 'wheelhouse'), join(elsewhere, 'wheelhouse'), { recursive: true });
  cpSync(join(workspace, 'reports', 'apps', 'my-app', 'record.json'), join(elsewhere, 'record.json'));
  await read(guide('wheelhouse-and-publishing'));
});

test('locks, their upgrade, and a snapshot for another machine', async () => {
  await read(guide('locking'));
  await read(guide('resolves-and-indexes'));
  await read(guide('backends'));
});

test('the generators', async () => {
  await read(guide('scaffolding'));
  expect(json('reports/apps/todo/record.json')).toMatchObject({ failed: 0, hermetic: true });
  expect(existsSync(join(workspace, 'apps', 'shop', 'docker', 'dev', 'Dockerfile'))).toBe(true);
});

test('the shared cache', async () => {
  // The hooks of the cache's plugin run where they do for users.
  delete environment.NX_ISOLATE_PLUGINS;
  addTest('test_four');
  const printed = await read(guide('shared-cache'));
  const [trusted = '', reader = ''] = printed.match(TOKEN) ?? [];
  expect(reader).not.toBe('');
  for (const page of ['cache-github-actions', 'cache-gitlab']) await read(guide(page));
  const server = {
    NX_SELF_HOSTED_REMOTE_CACHE_SERVER: standIns.get('https://cache.example.org'),
    NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: trusted,
    TOKEN: reader,
  };
  expect(await read(guide('cache-overview'), server)).toContain('"days":7');
  await read(guide('cache-proxy'));
  expect(json('nx.json')).toMatchObject({
    plugins: expect.arrayContaining([
      { plugin: '@wheelhouse/cache', options: { upstream: standIns.get('https://cache.example.org') } },
    ]) as unknown,
  });
});
