import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalizeName } from '@wheelhouse/python/internal';
import type { Manifest } from '@wheelhouse/python-stage/wheelhouse';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { startService, type Service } from './support/service.js';
import { runWell } from './support/users.js';
import { nxTasks, Workspace } from './support/workspace.js';

// The fifth application, with an sdist in C and a library of the workspace, is the example: see example.test.ts.
const APPLICATIONS = ['catalogue', 'probe', 'greeter', 'ledger'];

let base: string;
let workspace: Workspace;
const services: Service[] = [];

/** Where an application is installed from its wheelhouse. */
const environmentOf = (project: string): string => join(base, 'environments', project);

/** Runs a console script of an installed application, with nothing of the workspace in reach. */
async function script(project: string, ...[name = '', ...words]: string[]): Promise<string> {
  const { stdout } = await runWell([join(environmentOf(project), 'bin', name), ...words], { cwd: base, env: {} });
  return stdout;
}

async function start(project: string, words: (port: number) => readonly string[]): Promise<string> {
  const service = await startService((port) => {
    const [name = '', ...rest] = words(port);
    return [join(environmentOf(project), 'bin', name), ...rest];
  }, base);
  services.push(service);
  return service.url;
}

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-applications-'));
  workspace = new Workspace({
    base,
    source: join(REPOSITORY, 'e2e', 'fixtures', 'applications'),
    parts: [...APPLICATIONS, 'nx.json'],
  });
});

afterAll(async () => {
  for (const service of services) await service.stop();
  removeTree(base);
});

test('the locks of all applications are what a lock run from their requirements gives', async () => {
  const ended = await workspace.nx(['run-many', '-t', 'lock', '--parallel=1', '--output-style=static']);
  expect(ended).toHaveEndedWell();
  for (const project of APPLICATIONS) {
    expect(nxTasks(ended)[`${project}:lock`]?.lines).toContain('the locks are up to date');
  }
});

test('all are built and tested', async () => {
  const ended = await workspace.nx(['run-many', '-t', 'build-wheel', 'test', '--parallel=2', '--output-style=static']);
  expect(ended).toHaveEndedWell();
});

describe.each(APPLICATIONS)('%s', (project) => {
  test('is installed by pip from its wheelhouse alone, which holds what installs and nothing else', async () => {
    const wheelhouse = workspace.path(`dist/${project}/wheelhouse`);
    const environment = environmentOf(project);
    const env = { PATH: process.env.PATH, HOME: join(base, 'home') };
    await runWell(['python3', '-m', 'venv', environment], { cwd: base, env });
    const pip = ['-m', 'pip', '--isolated', '--disable-pip-version-check'];
    await runWell(
      [
        ...[join(environment, 'bin', 'python'), ...pip, 'install', '--quiet', '--no-index', '--no-cache-dir'],
        ...['--require-hashes', '--only-binary=:all:', '--find-links', wheelhouse],
        ...['--requirement', join(wheelhouse, 'requirements.txt')],
      ],
      { cwd: base, env },
    );
    const wheels = readdirSync(wheelhouse).filter((name) => name.endsWith('.whl'));
    const text = workspace.read(`dist/${project}/wheelhouse/requirements.txt`);
    const listed = [...text.matchAll(/^\S+==\S+/gm)].map(([line]) => line);
    expect(listed).toHaveLength(wheels.length);
    const freeze = [...pip, 'list', '--format=json'];
    const { stdout } = await runWell([join(environment, 'bin', 'python'), ...freeze], { cwd: base, env });
    const installed = JSON.parse(stdout) as { readonly name: string; readonly version: string }[];
    const names = installed.map(({ name, version }) => `${normalizeName(name)}==${version}`);
    expect(names).toEqual(expect.arrayContaining(listed));
    // What the environment had before: pip and setuptools, of some version.
    expect(names.filter((name) => !listed.includes(name) && !/^(pip|setuptools)==/.test(name))).toEqual([]);
    await runWell([join(environment, 'bin', 'python'), ...pip, 'check'], { cwd: base, env });
    const manifest = JSON.parse(workspace.read(`dist/${project}/manifest.json`)) as Manifest;
    expect(manifest.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(wheels.map((name) => `wheelhouse/${name}`)),
    );
  });
});

test('Datasette publishes the catalogue', async () => {
  const database = join(base, 'catalogue.db');
  await script('catalogue', 'make-catalogue', database);
  expect(await script('catalogue', 'datasette', database, '--get', '/catalogue/things.json?_shape=array')).toBe(
    '[{"name": "chair", "price": 30}, {"name": "lamp", "price": 12}, {"name": "table", "price": 80}]\n',
  );
});

test('the greeter serves requests of HTTPie through uvicorn', async () => {
  const url = await start('greeter', (port) => ['greeter', String(port)]);
  expect(await script('probe', 'probe', `${url}/greetings/you`)).toBe('{"text":"Hello, you!"}');
  expect(await script('probe', 'http', '--version')).toMatch(/^3\.\d/);
});

test('the ledger serves requests through gunicorn', async () => {
  const database = join(base, 'ledger.db');
  const url = await start('ledger', (port) => [
    ...['gunicorn', '--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', base, '--log-level', 'warning'],
    `ledger.service:create_application("sqlite:///${database}")`,
  ]);
  for (const amount of [3, 4]) {
    const body = JSON.stringify({ what: 'bread', amount });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/entries`, { method: 'POST', headers, body })).status).toBe(201);
  }
  expect(await (await fetch(`${url}/total`)).json()).toEqual({ total: 7 });
  expect(await script('ledger', 'ledger-total', `sqlite:///${database}`)).toBe('7\n');
});
