import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { baseImage } from './support/base-image.js';
import { DockerEngine } from './support/docker-engine.js';
import { REPOSITORY } from './support/installation.js';
import { freePort } from './support/service.js';
import { serveIndex, type SimpleIndex } from './support/simple-index.js';
import { runWell, type Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'build-stage');
const HADOLINT = join(REPOSITORY, '.cache', 'pip', 'hadolint', 'bin', 'hadolint');
const PYTHON = 'python-for-stages:1';
const POSTGRES = 'postgres-for-stages:1';

/** The wheel of a library, by the commits since its tag. */
const COMMON: unknown = expect.stringMatching(/^common-1\.0\.1\.dev\d\+g[0-9a-f]{9}-py3-none-any\.whl$/);

let directory: string;
let engine: DockerEngine;
let workspace: Workspace;
let files: string;
let index: SimpleIndex;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  const python = await baseImage('python-venv', ['python3', 'python3-venv']);
  const postgres = await baseImage('postgres', ['postgresql']);
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-stage-'));
  chmodSync(directory, 0o755);
  engine = await DockerEngine.start();
  for (const [base, name] of [
    [python, PYTHON],
    [postgres, 'base-postgres'],
  ] as const) {
    await engine.docker('load', '--input', base.archive);
    await engine.docker('tag', base.id, name);
  }
  await engine.docker('build', '--tag', POSTGRES, join(FIXTURE, 'database'));
  workspace = new Workspace({
    base: directory,
    source: FIXTURE,
    parts: ['shop', 'nx.json', 'package.json', '.gitignore'],
  });
  files = join(directory, 'files');
  mkdirSync(files);
  index = await serveIndex(files, undefined, await engine.gateway());
  // Debian's client and its Compose, whatever else this machine has.
  const PATH = `/usr/bin:/bin:${process.env.PATH ?? ''}`;
  environment = {
    ...engine.environment,
    PATH,
    PIP_INDEX_URL: index.url,
    PIP_TRUSTED_HOST: new URL(index.url).hostname,
    PORT: String(await freePort()),
  };
});

afterAll(async () => {
  await index.stop();
  await engine.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function generate(...words: readonly string[]): Promise<Ended> {
  const [generator = '', ...rest] = words;
  const fixed = ['--base', PYTHON, '--pin', 'never', '--lock', 'false', '--no-interactive'];
  return await workspace.nx(['g', `@wheelhouse/scaffold:${generator}`, ...rest, ...fixed]);
}

async function stage(project: string, name: string, more: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return await workspace.nx(['run', `${project}:stage:${name}`], { environment: { ...environment, ...more } });
}

/** Makes the locks with this machine's own index, and what they name the test's. @param roots by project */
async function lock(roots: Readonly<Record<string, string>>): Promise<void> {
  const projects = `--projects=${Object.keys(roots).join(',')}`;
  for (const target of ['lock', 'snapshot']) {
    expect(await workspace.nx(['run-many', `--targets=${target}`, projects])).toHaveEndedWell();
  }
  for (const root of Object.values(roots)) {
    const snapshot = workspace.path(`dist/${root}/snapshot`);
    for (const file of readdirSync(snapshot)) copyFileSync(join(snapshot, file), join(files, file));
  }
  workspace.commit();
}

/** What the release answers, once it does. */
async function ask(path: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      const address = `http://127.0.0.1:${environment.PORT ?? ''}${path}`;
      return await (await fetch(address, { signal: AbortSignal.timeout(3000) })).text();
    } catch (error) {
      if (tries > 50) throw error;
      await setTimeout(200);
    }
  }
}

async function lint(root: string): Promise<void> {
  const options = { cwd: workspace.path(root), env: environment };
  await runWell(
    ['shellcheck', ...['agent', 'build', 'cache', 'test', 'wheels'].map((name) => `scripts/${name}.sh`)],
    options,
  );
  await runWell([HADOLINT, 'docker/dev/Dockerfile', 'docker/release/Dockerfile'], options);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The digests of the wheels in a directory, by their names. */
function wheels(path: string): Record<string, string> {
  const names = readdirSync(workspace.path(path)).filter((file) => file.endsWith('.whl'));
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(workspace.path(join(path, name))))]));
}

/**
 * A library of the workspace whose version comes from git and which another one helps to build, and a kit for tests that
 * requires the application it is for.
 */
function addLibraries(): void {
  const flit =
    '[build-system]\nrequires = ["flit_core>=3.11,<4"]\nbuild-backend = "flit_core.buildapi"\n\n[project]\nrequires-python = ">=3.10"\n';
  workspace.write(
    'libs/common/pyproject.toml',
    '[build-system]\nrequires = ["setuptools>=77", "setuptools-scm>=8", "maker"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "common"\ndynamic = ["version"]\n\n[tool.setuptools_scm]\nroot = "../.."\nversion_file = "common/_version.py"\n',
  );
  workspace.write(
    'libs/common/setup.py',
    'from maker import packages\nfrom setuptools import setup\n\nsetup(packages=packages())\n',
  );
  workspace.write('libs/maker/pyproject.toml', `${flit}name = "maker"\nversion = "1.0"\ndescription = "It helps."\n`);
  workspace.write('libs/maker/maker.py', 'def packages():\n    return ["common"]\n');
  workspace.write('libs/common/common/__init__.py', 'NAME = "common"\n');
  // What git ignores is no source, wherever the wheel is built.
  workspace.write('libs/common/.gitignore', 'ignored.py\n');
  workspace.write('libs/common/common/ignored.py', '');
  const kit = 'name = "kit"\nversion = "1.0"\ndescription = "A kit."\ndependencies = ["todo"]\n';
  workspace.write('libs/kit/pyproject.toml', `${flit}${kit}`);
  workspace.write('libs/kit/kit.py', 'import todo\n');
}

describe('a new Django application', () => {
  test('--dry-run writes nothing', async () => {
    const made = await generate('app', 'todo', '--framework', 'django', '--databaseImage', POSTGRES, '--dry-run');
    expect(made).toHaveEndedWell();
    expect(made.stdout).toContain('CREATE todo/docker/dev/Dockerfile');
    expect(existsSync(workspace.path('todo'))).toBe(false);
  });

  test('is generated, and its files pass the linters', async () => {
    const made = await generate('app', 'todo', '--framework', 'django', '--databaseImage', POSTGRES);
    expect(made).toHaveEndedWell();
    expect(statSync(workspace.path('todo/scripts/test.sh')).mode & 0o777).toBe(0o755);
    await lint('todo');
    await runWell(['git', 'tag', 'v1.0.0'], { cwd: workspace.directory, env: workspace.environment });
    addLibraries();
    workspace.edit('todo/setup.py', 'install_requires=[\n', 'install_requires=[\n        "common",\n');
    workspace.edit('todo/setup.py', '"test": [\n', '"test": [\n            "kit",\n');
    workspace.write(
      'todo/tests/test_common.py',
      'import common\nimport kit\n\n\ndef test_it():\n    assert (common.NAME, kit.__name__) == ("common", "kit")\n',
    );
    await lock({ common: 'libs/common', kit: 'libs/kit', maker: 'libs/maker', todo: 'todo' });
  });

  test('its own tests pass natively, and its wheel is built', async () => {
    const tested = await workspace.nx(['run-many', '--targets=test,build-wheel', '--projects=todo']);
    expect(tested).toHaveEndedWell();
    expect(JSON.parse(workspace.read('reports/todo/record.json'))).toMatchObject({
      passed: 3,
      failed: 0,
      hermetic: true,
    });
  });

  test('has images and one snapshot, and its database is waited for', async () => {
    expect(await stage('todo', 'build')).toHaveEndedWell();
    const waited = await stage('todo', 'agent');
    expect(waited).toHaveEndedWell();
    expect(waited.stdout).toContain('cache: /build is up to date with the locks');
    expect(waited.stdout).toContain('agent: db:5432 takes connections');
  });

  test('is tested on its database, and the report is brought out', async () => {
    expect(await stage('todo', 'test')).toHaveEndedWell();
    expect(workspace.read('reports/todo/stage/junit.xml')).toMatch(/errors="0" failures="0" skipped="0" tests="3"/);
  });

  test('a test that fails fails the step, and its report is brought out all the same', async () => {
    workspace.edit('todo/tests/test_views.py', '"version": "0.1.0"', '"version": "9"');
    try {
      const failed = await stage('todo', 'test');
      expect(failed.exitCode).not.toBe(0);
      expect(failed.stdout + failed.stderr).toContain('stage:test exited with code 1');
      expect(workspace.read('reports/todo/stage/junit.xml')).toMatch(/failures="1"/);
    } finally {
      workspace.restore();
    }
    expect(await engine.docker('ps', '--all', '--quiet', '--filter', 'name=-stage')).toBe('');
  });

  test("its builder's wheelhouse is that of build-wheel, byte for byte, with the library of the workspace", async () => {
    expect(await stage('todo', 'builder')).toHaveEndedWell();
    const docker = wheels('dist/todo/stage/wheelhouse');
    expect(docker).toEqual(wheels('dist/todo/wheelhouse'));
    expect(Object.keys(docker)).toEqual(expect.arrayContaining([COMMON, 'todo-0.1.0-py3-none-any.whl']));
    const requirements = workspace.read('dist/todo/stage/wheelhouse/requirements.txt');
    expect(requirements).toMatch(/^todo==0\.1\.0 --hash=sha256:[0-9a-f]{64}$/m);
    expect(requirements).toMatch(/^gunicorn==/m);
    expect(requirements).toMatch(/^common==1\.0\.1\.dev1\+g[0-9a-f]{9} /m);
    expect(requirements).not.toMatch(/^(pytest|kit|maker)/m);
  });

  test('its release answers on loopback, as another user than root', async () => {
    const released = await stage('todo', 'release');
    expect(released).toHaveEndedWell();
    expect(JSON.parse(await ask('/'))).toEqual({ name: 'todo', version: '0.1.0' });
    expect(JSON.parse(await ask('/health'))).toEqual({ database: 'postgresql' });
    // A tag of the checkout's own.
    const [, image = ''] = /release: `(todo:todo-[0-9a-f]{8})` runs, on 127\.0\.0\.1:/.exec(released.stdout) ?? [];
    const container = await engine.docker(
      'ps',
      '--quiet',
      '--filter',
      'label=com.docker.compose.service=app',
      '--filter',
      `ancestor=${image}`,
    );
    expect(await engine.docker('exec', container, 'id', '-u')).toBe('10001');
  });

  test('nothing is left of it', async () => {
    expect(await stage('todo', 'clean')).toHaveEndedWell();
    expect(await engine.docker('ps', '--all', '--quiet')).toBe('');
    expect(await engine.docker('volume', 'ls', '--quiet')).toBe('');
    // Not even those without a name.
    const images = await engine.docker('image', 'ls', '--format', '{{.Repository}}');
    expect(new Set(images.split('\n'))).toEqual(
      new Set([PYTHON, POSTGRES, 'base-postgres:', 'base:'].map((each) => each.split(':')[0])),
    );
    expect(await engine.docker('network', 'ls', '--quiet', '--filter', 'type=custom', '--filter', 'name=-')).toBe('');
    // What is not the stage's own stays.
    for (const image of [PYTHON, POSTGRES]) expect(await engine.docker('image', 'ls', '--quiet', image)).not.toBe('');
    expect(existsSync(workspace.path('dist/todo/stage'))).toBe(false);
  });
});

describe('a Django project that was there before', () => {
  test('gets a stage without a line of it being changed', async () => {
    const before = workspace.contents('shop');
    expect(await generate('build-stage', '--directory', 'shop')).toHaveEndedWell();
    expect(workspace.contents('shop')).toMatchObject(before);
    expect(workspace.read('shop/MANIFEST.in')).toBe('recursive-include shop *.css\n');
    await lint('shop');
    await lock({ shop: 'shop' });
  });

  test('changes nothing the second time', async () => {
    const again = await workspace.nx(['g', '@wheelhouse/scaffold:build-stage', '--project=shop', '--no-interactive']);
    expect(again).toHaveEndedWell();
    expect(again.stdout).not.toMatch(/CREATE|UPDATE|is left unchanged/);
  });

  test('a library that it requires later is added by `nx sync`', async () => {
    expect(await workspace.nx(['g', '@wheelhouse/scaffold:init', '--no-interactive'])).toHaveEndedWell();
    const own = '"@wheelhouse/scaffold:sync-setup"';
    workspace.edit('nx.json', own, `${own}, "@wheelhouse/build:sync-locks"`);
    workspace.edit('shop/requirements.txt', 'gunicorn\n', 'gunicorn\ncommon\n');
    // Locks follow setup.py, which follows the requirements file.
    for (let times = 0; times < 2; times++) expect(await workspace.nx(['sync'])).toHaveEndedWell();
    expect(workspace.read('shop/setup.py')).toContain('"common",\n');
    workspace.commit();
    expect(await workspace.nx(['run', 'shop:build-wheel'])).toHaveEndedWell();
  });

  test('is released from what was tested and built in Docker', async () => {
    expect(await stage('shop', 'release')).toHaveEndedWell();
    expect(await ask('/style')).toContain('teal');
    // Collected when the image was built.
    expect(await ask('/static/shop/style.css')).toContain('teal');
    const docker = wheels('dist/shop/stage/wheelhouse');
    expect(Object.keys(docker)).toEqual(expect.arrayContaining([COMMON]));
    expect(docker).toEqual(wheels('dist/shop/wheelhouse'));
    expect(await engine.docker('volume', 'ls', '--quiet')).toMatch(/^shop-[0-9a-f]{8}-dev_build$/);
  });

  test('a release whose application fails is not healthy, and nothing of it goes on running', async () => {
    const dockerfile = 'shop/docker/release/Dockerfile';
    workspace.edit(dockerfile, '--retries=30', '--retries=1');
    workspace.edit(dockerfile, 'PYTHONUNBUFFERED=1', 'PYTHONUNBUFFERED=1 SHOP_IS_BROKEN=1');
    const failed = await workspace.nx(['run', 'shop:stage:release', '--excludeTaskDependencies'], { environment });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain('release: the container did not become healthy\n');
    expect(await engine.docker('ps', '--all', '--quiet', '--filter', 'name=release')).toBe('');
    workspace.restore();
  });

  test('a volume is removed that its compose file does not have any more', async () => {
    workspace.edit('shop/docker/dev/docker-compose.yml', '\nvolumes:\n  build:\n', '');
    const compose = workspace.read('shop/docker/dev/docker-compose.yml');
    workspace.write('shop/docker/dev/docker-compose.yml', compose.replaceAll('"build:/build', '"/build'));
    expect(await stage('shop', 'clean')).toHaveEndedWell();
    expect(await engine.docker('volume', 'ls', '--quiet')).toBe('');
    expect(await engine.docker('image', 'ls', '--quiet', 'shop')).toBe('');
    // Where there is nothing left there is nothing to do.
    expect(await stage('shop', 'clean')).toHaveEndedWell();
    expect(existsSync(workspace.path('dist/shop/stage'))).toBe(false);
    workspace.restore();
  });
});

test('without an engine a step is refused, and nothing is written', async () => {
  const refused = await stage('shop', 'builder', { DOCKER_HOST: 'unix:///nonexistent/docker.sock' });
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain('no Docker engine is running\n');
  expect(refused.stdout + refused.stderr).toContain('hint: start it, or say with DOCKER_HOST where it listens');
  expect(existsSync(workspace.path('dist/shop/stage'))).toBe(false);
});
