import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { startRegistry, type Registry } from './support/registry.js';
import { runProgram, runWell } from './support/users.js';

const PACKAGES = ['element', 'python', 'build'];

/** As a user on a machine without a terminal calls it. */
const NEW_WORKSPACE = [
  ...['--preset=apps', '--packageManager=npm', '--formatter=none', '--nxCloud=never', '--aiAgents=none'],
  ...['--skipGit', '--no-analytics', '--no-interactive'],
];

let directory: string;
let registry: Registry | undefined;
let workspace: string;
let environment: NodeJS.ProcessEnv;

function json(path: string): unknown {
  return JSON.parse(readFileSync(join(workspace, path), 'utf8'));
}

async function nx(...args: string[]): Promise<string> {
  const words = [join(workspace, 'node_modules', '.bin', 'nx'), ...args];
  const { stdout, stderr } = await runWell(words, { cwd: workspace, env: environment });
  return stdout + stderr;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-nx-add-'));
  registry = await startRegistry(join(directory, 'registry'));
  environment = {
    ...registry.environment,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    CI: 'true',
    WHEELHOUSE_CACHE_DIR: join(directory, 'store'),
  };
  const tarballs = join(directory, 'tarballs');
  mkdirSync(tarballs);
  const options = { cwd: directory, env: environment };
  const sources = PACKAGES.map((name) => join(REPOSITORY, 'packages', name));
  await runWell(['npm', 'pack', ...sources, '--pack-destination', tarballs], options);
  for (const tarball of readdirSync(tarballs)) {
    await runWell(['npm', 'publish', join(tarballs, tarball), '--access=public'], options);
  }
  await runWell(['npm', 'exec', '--yes', '--', 'create-nx-workspace@23.2.1', 'workspace', ...NEW_WORKSPACE], options);
  workspace = join(directory, 'workspace');
  await runWell(['git', 'init', '--quiet'], { cwd: workspace, env: environment });
  cpSync(join(REPOSITORY, 'e2e', 'fixtures', 'hermetic', 'app'), join(workspace, 'app'), { recursive: true });
  rmSync(join(workspace, 'app', 'locks'), { recursive: true });
});

afterAll(async () => {
  await registry?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('nx add puts the plugin into nx.json and package.json', async () => {
  await nx('add', '@wheelhouse/build');

  expect(json('nx.json')).toMatchObject({ plugins: [{ plugin: '@wheelhouse/build', options: {} }] });
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'packages', 'build', 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(json('package.json')).toMatchObject({
    devDependencies: { '@wheelhouse/build': expect.stringMatching(new RegExp(`^[~^]?${version}$`)) as string },
  });
  const ignored = readFileSync(join(workspace, '.gitignore'), 'utf8').split('\n');
  expect(ignored.map((line) => line.replaceAll('/', ''))).toEqual(expect.arrayContaining(['dist', 'reports', '.venv']));
  const installed = join('node_modules', '@wheelhouse', 'element', 'package.json');
  expect(json(installed)).toMatchObject({ name: '@wheelhouse/element', version });
});

test('the project has its targets', async () => {
  const shown = JSON.parse(await nx('show', 'project', 'app', '--json')) as { targets: Record<string, unknown> };
  expect(Object.keys(shown.targets).sort()).toEqual([
    ...['build-wheel', 'lock', 'publish', 'snapshot', 'test', 'venv'],
  ]);
});

test('without locks nothing is built, and it is said how to make them', async () => {
  const words = [join(workspace, 'node_modules', '.bin', 'nx'), 'run', 'app:build-wheel'];
  const { exitCode, stdout, stderr } = await runProgram(words, { cwd: workspace, env: environment });
  // 1 or 130: Nx has its own where tasks are left out because of others.
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toContain('the lock `app/locks/test.txt` is not there\nhint: run `nx run app:lock`\n');
  expect(existsSync(join(workspace, 'dist', 'app'))).toBe(false);
});

test('lock, build-wheel and test run one after the other', async () => {
  await nx('run', 'app:lock');
  expect(readdirSync(join(workspace, 'app', 'locks')).sort()).toEqual(['build', 'runtime.txt', 'test.txt']);

  const built = await nx('run', 'app:build-wheel');
  expect(built).toMatch(/^built +wheel\/app\.bst /m);
  expect(built).not.toMatch(/ [1-9]\d* failed$/m);
  expect(readdirSync(join(workspace, 'dist', 'app', 'wheel'))).toEqual(['app-1.0.0-py3-none-any.whl']);

  const tested = await nx('run', 'app:test');
  expect(tested).toContain('tests: 3 passed, 0 failed, 0 skipped');
  expect(json('reports/app/record.json')).toMatchObject({ passed: 3, failed: 0, skipped: 0, hermetic: true });
});

test('the wheel is installed from the wheelhouse alone', async () => {
  const wheelhouse = join(workspace, 'dist', 'app', 'wheelhouse');
  const options = { cwd: directory, env: { PATH: environment.PATH, HOME: directory } };
  await runWell(['python3', '-m', 'venv', 'venv'], options);
  const pip = [join(directory, 'venv', 'bin', 'python'), '-m', 'pip', '--isolated', '--no-cache-dir', 'install'];
  const from = ['--no-index', '--require-hashes', '--find-links', wheelhouse];
  await runWell([...pip, ...from, '--requirement', join(wheelhouse, 'requirements.txt')], options);
  const { stdout } = await runWell([join(directory, 'venv', 'bin', 'app'), '3072'], options);
  expect(stdout).toBe('3.0 KiB\n');
});

test('what has been built is not built again', async () => {
  const again = await nx('run', 'app:test');
  expect(again).toMatch(/Nx read the output from the cache instead of running the command for 3 out of 3 tasks/);
  const anew = await nx('run', 'app:test', '--skip-nx-cache');
  expect(anew.match(/^\d+ built, \d+ cached, \d+ failed$/gm)).toHaveLength(3);
  expect(anew.match(/^0 built, [1-9]\d* cached, 0 failed$/gm)).toHaveLength(3);
});
