import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImage } from './support/base-image.js';
import { DockerEngine } from './support/docker-engine.js';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { nxTasks, Workspace } from './support/workspace.js';

/** How the compose file says when the service is ready, and how it never is. */
const HEALTH = 'test: ["CMD", "redis-cli", "ping"]\n      interval: 1s\n      retries: 30';
const unhealthy = (retries: number): string => `test: ["CMD", "false"]\n      interval: 1s\n      retries: ${retries}`;

let directory: string;
let engine: DockerEngine;
let workspace: Workspace;

beforeAll(async () => {
  const base = await baseImage('redis', ['redis-server']);
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-services-'));
  chmodSync(directory, 0o755);
  engine = await DockerEngine.start();
  await engine.docker('load', '--input', base.archive);
  await engine.docker('tag', base.id, 'redis-base:latest');
  const source = join(REPOSITORY, 'e2e', 'fixtures', 'services');
  workspace = new Workspace({ base: directory, source, parts: ['app', 'nx.json', 'package.json'] });
});

afterAll(async () => {
  await engine.stop();
  removeTree(directory);
});

afterEach(async () => {
  // Whatever came of a run, nothing of it is left.
  expect(await engine.docker('ps', '--all', '--quiet')).toBe('');
  expect(await engine.docker('network', 'ls', '--quiet', '--filter', 'name=wheelhouse-')).toBe('');
  expect(await engine.docker('volume', 'ls', '--quiet')).toBe('');
});

async function test_(words: readonly string[] = [], prefix: readonly string[] = []): Promise<Ended> {
  return await workspace.wheelhouse(['test', 'counter', ...words], { environment: engine.environment, prefix });
}

/** What a project's compose file says of its service, for the time of one run. */
async function withCompose(from: string, to: string, prefix: readonly string[] = []): Promise<Ended> {
  const before = workspace.read('app/compose.yaml');
  workspace.edit('app/compose.yaml', from, to);
  try {
    return await test_([], prefix);
  } finally {
    workspace.write('app/compose.yaml', before);
  }
}

test('tests reach a real database by the name of its service, and nothing else', async () => {
  const first = await workspace.nx(['run', 'counter:test'], { environment: engine.environment });
  expect(first).toHaveEndedWell();
  expect(nxTasks(first)['counter:test']?.lines).toEqual(
    expect.arrayContaining([
      'service: starting `cache` from `redis-base:latest`',
      'tests: 3 passed, 0 failed, 0 skipped',
    ]),
  );
  expect(JSON.parse(workspace.read('reports/app/record.json'))).toMatchObject({ passed: 3, hermetic: false });
});

test('such a run is taken neither from the cache of Nx nor from the store', async () => {
  const again = nxTasks(await workspace.nx(['run', 'counter:test'], { environment: engine.environment }));
  expect(again['counter:test']?.fromNx).toBe(false);
  expect(again['counter:test']?.lines.join('\n')).toMatch(/^tested +test\/counter\.bst /m);
});

test('a run without services is hermetic', async () => {
  workspace.edit('nx.json', ', "test": { "services": ["cache"] }', '');
  try {
    const { exitCode, stdout } = await test_();
    expect(exitCode).toBe(2);
    expect(stdout).toContain('tests: 1 passed, 2 failed, 0 skipped');
    expect(JSON.parse(workspace.read('reports/app/record.json'))).toMatchObject({ failed: 2, hermetic: true });
  } finally {
    workspace.restore();
  }
});

test('a service that does not become healthy is an error with what it printed', async () => {
  const { exitCode, stderr } = await withCompose(HEALTH, unhealthy(1));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^the service `cache` of `redis-base:latest` is unhealthy\n/);
  expect(stderr).toContain('Ready to accept connections');
});

test('a run that is interrupted while it waits leaves nothing behind', async () => {
  const interrupt = ['timeout', '--preserve-status', '--signal=INT', '8'];
  const interrupted = await withCompose(HEALTH, unhealthy(1000), interrupt);
  expect(interrupted).toMatchObject({ exitCode: 130, stderr: 'interrupted by SIGINT\n' });
  expect(interrupted.stdout).toContain('service: starting `cache`');
});

test('a service that ends is an error', async () => {
  const { exitCode, stderr } = await withCompose('["redis-server", ', '["redis-server", "--no-such-option", "1", ');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^the service `cache` of `redis-base:latest` exited with code 1\n/);
});

test.each([
  [
    'a key that cannot be followed',
    'command: sleep 600',
    'command: sleep 600\n    privileged: true',
    'app/compose.yaml: service `other`: `privileged` is not supported\n' +
      'hint: a service for tests has image, entrypoint, command, environment, ports, expose, tmpfs, volumes, user, working_dir, healthcheck, depends_on\n',
  ],
  [
    'a directory of this machine',
    'tmpfs: /data',
    'volumes: ["./data:/data"]',
    'app/compose.yaml: service `cache`: `./data` of `volumes` is a directory of this machine\n' +
      'hint: test services start with empty volumes: put what they need into the image\n',
  ],
  [
    'services that wait for each other',
    'command: sleep 600',
    'command: sleep 600\n    depends_on: [cache]',
    'app/compose.yaml: services depend on each other: cache, other, cache\n',
  ],
])('%s is refused before anything is started', async (_what, from, to, stderr) => {
  expect(await withCompose(from, to)).toMatchObject({ exitCode: 1, stdout: '', stderr });
});

test('a service that is not there is named', async () => {
  expect(await test_(['--service', 'database'])).toMatchObject({
    exitCode: 1,
    stderr: 'app/compose.yaml: unknown service `database`\nhint: its services are `cache`, `other`, `web`\n',
  });
});
