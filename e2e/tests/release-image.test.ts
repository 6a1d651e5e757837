import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { baseImage, type TestBase } from './support/base-image.js';
import { DockerEngine } from './support/docker-engine.js';
import { installPackages, REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { end, freePort } from './support/service.js';
import { startUnpacked, unpackImage, type UnpackedImage } from './support/unpacked-image.js';
import { ORDINARY_ID, ordinaryUser, runProgram, runWell, type Ended } from './support/users.js';
import { EXAMPLE, nxTasks, Workspace } from './support/workspace.js';

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'release-image');
const GUNICORN = ['gunicorn', '--bind', '0.0.0.0:8000', '--worker-tmp-dir', '/dev/shm', 'greeter:application'];
const GREETER = ['--expose', '8000', '--env', 'GREETING=good day', 'greeter', '--', ...GUNICORN];
/** The database is a file that the user may write. */
const TODO = ['--env', 'DATABASE_NAME=/tmp/todo.sqlite3', 'todobackend', '--', 'sh', '-c'];
const IMAGE = 'dist/apps/greeter/image';

let directory: string;
let base: TestBase;
let layout: string;
let pinned: string;
let engine: DockerEngine;
let workspace: Workspace;
let made: Ended;

beforeAll(async () => {
  base = await baseImage('python', ['python3', `libpython${await pythonVersion()}`, 'libxml2']);
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-image-'));
  chmodSync(directory, 0o755);
  // Where every user can read it.
  layout = join(directory, 'base');
  cpSync(base.layout, layout, { recursive: true });
  pinned = `oci:${layout}@${base.manifestDigest}`;
  engine = await DockerEngine.start();
  workspace = new Workspace({ ...EXAMPLE, base: directory, sharesStore: true });
  cpSync(FIXTURE, workspace.directory, { recursive: true });
  workspace.edit('nx.json', 'oci:base', pinned);
  workspace.commit();
  made = await workspace.nx(['run', 'greeter:release-image']);
});

afterAll(async () => {
  await engine.stop();
  removeTree(directory);
});

/** The first two numbers of the interpreter that wheels and base have in common. */
async function pythonVersion(): Promise<string> {
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])';
  return (await runWell(['/usr/bin/python3', '-c', code], { cwd: '/', env: {} })).stdout.trim();
}

/** What is said of an image by name: `digest`, `id`. */
function said({ stdout }: Ended, name: string): string {
  return new RegExp(`^${name}: (sha256:[0-9a-f]{64})`, 'm').exec(stdout)?.[1] ?? `nothing in ${stdout}`;
}

async function image(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return await workspace.wheelhouse(['image', ...words], { environment: { ...engine.environment, ...environment } });
}

/** What a server answers, once it does. */
async function ask(address: string, path: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      // A port of the engine takes connections before its container does, and may never answer those.
      const response = await fetch(`http://${address}${path}`, { signal: AbortSignal.timeout(3000) });
      return await response.json();
    } catch (error) {
      if (tries > 100) throw error;
      await setTimeout(200);
    }
  }
}

describe('the image of a Flask application', () => {
  let unpacked: UnpackedImage;
  beforeAll(async () => {
    unpacked = await unpackImage(workspace.path(IMAGE), join(directory, 'unpacked'));
  });

  test('is made by Nx, and taken from its cache the next time', async () => {
    expect(made).toHaveEndedWell();
    expect(said(made, 'id')).toBe(unpacked.id);
    const before = workspace.files(`${IMAGE}/blobs`);
    workspace.remove(IMAGE);
    const again = await workspace.nx(['run', 'greeter:release-image']);
    expect(nxTasks(again)['greeter:release-image']?.fromNx).toBe(true);
    expect(workspace.files(`${IMAGE}/blobs`)).toEqual(before);
  });

  test('has the wheelhouse in it, and no compiler, no installer and nothing that only tests require', () => {
    const programs = ['bin', 'usr/bin', 'usr/local/bin', 'opt/venv/bin'].flatMap((path) =>
      readdirSync(join(unpacked.root, path)),
    );
    expect(programs).toEqual(expect.arrayContaining(['gunicorn', 'greet', 'python3']));
    for (const absent of ['gcc', 'cc', 'pip', 'pip3', 'pytest']) expect(programs).not.toContain(absent);
    const [version = ''] = readdirSync(join(unpacked.root, 'opt/venv/lib'));
    const site = readdirSync(join(unpacked.root, 'opt/venv/lib', version, 'site-packages'));
    const names = site.filter((name) => name.endsWith('.dist-info')).map((name) => name.split('-')[0]);
    const wheels = readdirSync(workspace.path('dist/apps/greeter/wheelhouse')).filter((name) => name.endsWith('.whl'));
    expect(names.sort()).toEqual(wheels.map((name) => name.split('-')[0]).sort());
    expect(readdirSync(join(unpacked.root, 'home/app'))).toEqual([]);
  });

  test('says what it was made from', () => {
    const manifest = JSON.parse(workspace.read('dist/apps/greeter/manifest.json')) as {
      readonly files: readonly { readonly path: string; readonly sha256: string }[];
      readonly snapshotDigest: string;
    };
    const sha256 = (path: string): string =>
      `sha256:${manifest.files.find((file) => file.path.startsWith(path))?.sha256 ?? ''}`;
    expect(unpacked.config.config).toMatchObject({
      User: '10001:10001',
      Cmd: GUNICORN,
      WorkingDir: '/home/app',
      ExposedPorts: { '8000/tcp': {} },
      Labels: {
        'io.wheelhouse.base': base.id,
        'io.wheelhouse.snapshot': manifest.snapshotDigest,
        'io.wheelhouse.wheel': sha256('wheel/'),
        'io.wheelhouse.wheelhouse': sha256('wheelhouse/requirements.txt'),
        'org.example.kept': 'yes',
        'org.opencontainers.image.title': 'greeter',
        'org.opencontainers.image.version': '1.2.0',
      },
    });
  });

  test('responds without any engine, as a user who is not root', async () => {
    const port = await freePort();
    const process = startUnpacked(unpacked, ['--bind', `127.0.0.1:${port}`]);
    try {
      expect(await ask(`127.0.0.1:${port}`, '/')).toEqual({
        greeting: 'good day',
        uid: 10_001,
        user: 'app',
        home: '/home/app',
        workdir: '/home/app',
      });
    } finally {
      await end(process);
    }
  });

  test('has the same id in the engine, and responds there', async () => {
    const given = await image(['--base', pinned, '--engine', 'docker', ...GREETER]);
    expect(given).toMatchObject({ exitCode: 0, stderr: '' });
    expect(given.stdout).toContain('engine: loading `greeter:1.2.0`\nLoaded image: greeter:1.2.0\n');
    expect(await engine.docker('image', 'inspect', '--format', '{{.Id}}', 'greeter:1.2.0')).toBe(unpacked.id);
    const { container, address } = await engine.serve('greeter:1.2.0', 8000);
    expect(await ask(address, '/')).toMatchObject({ greeting: 'good day', uid: 10_001, user: 'app' });
    expect(await engine.docker('exec', container, 'id', '-u')).toBe('10001');
    await expect(engine.docker('exec', container, 'python', '-c', 'import pytest')).rejects.toThrow(
      "No module named 'pytest'",
    );
    await expect(engine.docker('exec', container, 'sh', '-c', 'echo > /opt/venv/mine')).rejects.toThrow(
      'Permission denied',
    );
  });

  test('is given a further name where the engine has it already', async () => {
    const named = await image(['--base', pinned, '--engine', 'docker', '--tag', 'shop/greeter:stable', ...GREETER]);
    expect(named.stdout).not.toContain('loading');
    expect(await engine.docker('image', 'inspect', '--format', '{{.Id}}', 'shop/greeter:stable')).toBe(unpacked.id);
  });

  test('is the same whether its base is a layout, an archive or one of the engine, and the name is resolved', async () => {
    const archive = await image(['--base', `archive:${base.archive}`, ...GREETER]);
    expect(archive.stdout).toContain(`base: \`archive:${base.archive}\` is now \`archive:${base.archive}@${base.id}\``);
    await engine.docker('load', '--input', base.archive);
    const byEngine = await image(['--base', 'base:latest', ...GREETER]);
    expect(byEngine.stdout).toContain('base: reading `base:latest` from the engine');
    const byId = await image(['--base', `base@${base.id}`, ...GREETER]);
    expect([archive, byEngine, byId].map((each) => said(each, 'id'))).toEqual(Array(3).fill(unpacked.id));
    expect(byId.stdout).not.toMatch(/reading|is now/);
  });

  test('is the same on another day, with another umask and of another user', async () => {
    const home = join(directory, 'home of another user');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, ORDINARY_ID, ORDINARY_ID);
    const other = join(home, 'workspace');
    const installation = installPackages(join(directory, 'other installation'));
    const umask = ['sh', '-c', 'umask 0077 && exec "$@"', 'sh'];
    const cp = ['sh', '-c', 'mkdir "$2" && cd "$1" && cp -R apps libs nx.json package.json dist "$2"', 'sh'];
    await runWell([...ordinaryUser(), ...umask, ...cp, workspace.directory, other], { cwd: '/', env: process.env });
    const words = ['image', '--base', pinned, ...GREETER];
    const built = await runProgram(
      [...ordinaryUser(), ...umask, 'faketime', '-f', '+1d', installation.node, installation.command, ...words],
      {
        cwd: other,
        env: { PATH: '/usr/bin:/bin', HOME: home, WHEELHOUSE_CACHE_DIR: join(home, 'store'), TZ: 'Pacific/Kiritimati' },
      },
    );
    expect(built).toMatchObject({ exitCode: 0, stderr: '' });
    expect(said(built, 'digest')).toBe(said(made, 'digest'));
    expect(said(built, 'id')).toBe(unpacked.id);
  });
});

describe('is refused, and the image that was there stays:', () => {
  const digests = (): string[] => workspace.files(IMAGE);
  let before: string[];
  beforeAll(() => {
    before = digests();
  });
  afterEach(() => {
    expect(digests()).toEqual(before);
  });

  test('an engine that does not answer', async () => {
    const host = `unix://${join(directory, 'no.sock')}`;
    const { exitCode, stderr } = await image(['--base', 'python:3', ...GREETER], { DOCKER_HOST: host });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `cannot connect to a Docker engine at \`${host}\`: connect ENOENT ${join(directory, 'no.sock')}\n` +
        'hint: start it, or set DOCKER_HOST to its address; an OCI layout (`oci:DIRECTORY`) as `base` with `engine: none` needs no engine\n',
    );
  });

  test('a base that is not the one of its digest', async () => {
    const wrong = `oci:${layout}@sha256:${'0'.repeat(64)}`;
    expect(await image(['--base', wrong, ...GREETER])).toMatchObject({
      exitCode: 1,
      stderr:
        `oci:${layout} has no image \`sha256:${'0'.repeat(64)}\`\n` +
        `hint: choose one of its manifests: \`oci:${layout}@sha256:...\`\n`,
    });
  });

  test('a program that neither wheelhouse nor base has', async () => {
    const { exitCode, stderr } = await image(['--base', pinned, 'greeter', '--', 'uvicorn']);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'the image would have no program `uvicorn`\n' +
        'hint: the wheelhouse has `flask`, `greet`, `gunicorn`, `gunicornc`\n',
    );
  });

  test('options that no image can have, all at once', async () => {
    const options = ['--user=0', '--workdir', 'here', '--expose', '99999', '--tag', 'Greeter'];
    expect(await image(['--base', pinned, ...options, 'greeter'])).toMatchObject({
      exitCode: 1,
      stderr: [
        'the option `tag` is `Greeter`',
        'hint: it must be a lowercase name with a tag, such as `registry.example.org/shop/app:1.0`',
        'the option `user` is `0`',
        'hint: it must be a number from 1 to 65535: applications do not run as root',
        'the option `workdir` is `here`',
        'hint: it must be an absolute path',
        'the option `expose` is `99999`',
        'hint: it must be a port such as `8000` or `53/udp`',
        '',
      ].join('\n'),
    });
  });

  test('a wheel that was tampered with', async () => {
    const [wheel = ''] = readdirSync(workspace.path('dist/apps/greeter/wheelhouse')).filter((name) =>
      name.startsWith('flask-'),
    );
    const path = `dist/apps/greeter/wheelhouse/${wheel}`;
    const bytes = readFileSync(workspace.path(path));
    workspace.write(path, 'tampered');
    const { exitCode, stdout, stderr } = await workspace.nx([
      'run',
      'greeter:release-image',
      '--skip-nx-cache',
      '--excludeTaskDependencies',
    ]);
    workspace.remove(path);
    cpSync(workspace.path(`dist/apps/greeter/snapshot/${wheel}`), workspace.path(path));
    expect(readFileSync(workspace.path(path)).equals(bytes)).toBe(true);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain(`\`${path}\` is not the file of its manifest: expected \`sha256:`);
    expect(stdout + stderr).toContain('hint: run `nx run greeter:build-wheel`');
  });
});

describe('the image of the example, which is served by a program in C', () => {
  const serve = (address: string): string =>
    `manage.py migrate --verbosity 0 && exec uwsgi --http ${address} --module todobackend.wsgi`;
  let unpacked: UnpackedImage;

  test('is made', async () => {
    const words = ['--base', pinned, '--engine', 'docker', ...TODO, serve('0.0.0.0:8000')];
    const built = await image(words);
    expect(built).toMatchObject({ exitCode: 0, stderr: '' });
    unpacked = await unpackImage(workspace.path('dist/apps/todobackend/image'), join(directory, 'unpacked-example'));
    expect(unpacked.id).toBe(said(built, 'id'));
    expect(existsSync(join(unpacked.root, 'opt/venv/bin/uwsgi'))).toBe(true);
  });

  test('answers on the engine', async () => {
    const { address } = await engine.serve('todobackend:1.0.0', 8000);
    expect(await ask(address, '/todos')).toEqual([]);
    const response = await fetch(`http://${address}/todos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'ship it' }),
    });
    expect(await response.json()).toMatchObject({ title: 'ship it', completed: false });
  });

  test('answers without one', async () => {
    const port = await freePort();
    const [shell = '', option = ''] = unpacked.config.config?.Cmd ?? [];
    const command = [shell, option, serve(`127.0.0.1:${port}`)];
    const process = startUnpacked({
      ...unpacked,
      config: { ...unpacked.config, config: { ...unpacked.config.config, Cmd: command } },
    });
    try {
      expect(await ask(`127.0.0.1:${port}`, '/todos')).toEqual([]);
    } finally {
      await end(process);
    }
  });
});
