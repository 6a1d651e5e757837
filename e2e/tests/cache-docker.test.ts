import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseImage } from './support/base-image.js';
import { DockerEngine } from './support/docker-engine.js';
import { REPOSITORY } from './support/installation.js';
import { startRegistry, type Registry } from './support/registry.js';
import { removeTree } from './support/remove-tree.js';
import { freePort } from './support/service.js';
import { runProgram, runWell, type Ended } from './support/users.js';

// The image of the server from packed tarballs, as compose.yaml runs it: with a root that is only read and no rights.

const DOCKER = join(REPOSITORY, 'packages', 'cache', 'docker');
const HADOLINT = join(REPOSITORY, '.cache', 'pip', 'hadolint', 'bin', 'hadolint');
const NODE = 'node-for-the-cache:1';
const IMAGE = 'wheelhouse-cache-under-test:1';

/** Of the image, with times in nanoseconds. */
const HEALTH_CHECK = {
  Test: ['CMD', 'wheelhouse-cache', 'healthcheck'],
  Interval: 10e9,
  Timeout: 10e9,
  StartPeriod: 30e9,
  Retries: 3,
};
/** The same command, more often. */
const OFTEN = { interval: '2s', timeout: '5s', retries: 2 };

let directory: string;
let context: string;
let engine: DockerEngine;
let registry: Registry;
let door: Server;
let environment: NodeJS.ProcessEnv;
let url: string;

beforeAll(async () => {
  const base = await baseImage('node', ['ca-certificates', 'libstdc++6', 'libatomic1']);
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-cache-docker-'));
  engine = await DockerEngine.start();
  await engine.docker('load', '--input', base.archive);
  await engine.docker('tag', base.id, 'base-node');
  await makeNode();
  registry = await startRegistry(join(directory, 'registry'));
  context = join(directory, 'context');
  mkdirSync(context);
  for (const file of ['Dockerfile', 'compose.yaml']) copyFileSync(join(DOCKER, file), join(context, file));
  writeFileSync(
    join(context, 'compose.override.yaml'),
    JSON.stringify({ services: { cache: { healthcheck: OFTEN } } }),
  );
  const sources = ['element', 'cache'].map((name) => join(REPOSITORY, 'packages', name));
  await runWell(['npm', 'pack', ...sources, '--pack-destination', context], {
    cwd: directory,
    env: registry.environment,
  });
  // What is not ours comes through a registry on loopback, which containers do not reach by themselves.
  door = await openDoor(await engine.gateway(), Number(new URL(registry.url).port));
  const { address, port: doorPort } = door.address() as AddressInfo;
  writeFileSync(join(context, '.npmrc'), `registry=http://${address}:${doorPort}\n`);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  environment = {
    ...engine.environment,
    PATH: `/usr/bin:/bin`,
    HOME: directory,
    WHEELHOUSE_CACHE_IMAGE: IMAGE,
    WHEELHOUSE_CACHE_PUBLISH: `127.0.0.1:${port}`,
  };
  const built = [
    ...['build', '--network', engine.network, '--tag', IMAGE],
    ...['--build-arg', `NODE_IMAGE=${NODE}`, '--build-arg', 'PACKAGES=./*.tgz', context],
  ];
  await engine.docker(...built);
});

afterAll(async () => {
  await compose('down', '--volumes');
  door.close();
  await registry.stop();
  await engine.stop();
  removeTree(directory);
});

/** An image such as Docker's own of Node: this machine's Node and npm. */
async function makeNode(): Promise<void> {
  const files = join(directory, 'node');
  mkdirSync(files);
  copyFileSync(process.execPath, join(files, 'node'));
  const npm = join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm');
  cpSync(npm, join(files, 'npm'), { recursive: true });
  writeFileSync(
    join(files, 'Dockerfile'),
    [
      'FROM base-node',
      'COPY node /usr/local/bin/node',
      'COPY npm /usr/local/lib/node_modules/npm',
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
      '',
    ].join('\n'),
  );
  await engine.docker('build', '--tag', NODE, files);
}

/** Listens on an address of this machine and passes on what comes to a port of the loopback interface. */
async function openDoor(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    const inner = connect(port, '127.0.0.1');
    for (const each of [socket, inner]) {
      each.on('error', () => {
        socket.destroy();
        inner.destroy();
      });
    }
    socket.pipe(inner).pipe(socket);
  });
  server.listen(0, address);
  await once(server, 'listening');
  return server;
}

async function compose(...words: readonly string[]): Promise<Ended> {
  return await runProgram(['docker-compose', '--project-name', 'cache', ...words], { cwd: context, env: environment });
}

async function container(): Promise<string> {
  return (await compose('ps', '--quiet', 'cache')).stdout.trim();
}

async function state(format: string): Promise<string> {
  return await engine.docker('inspect', '--format', format, await container());
}

async function becomes(health: string): Promise<void> {
  for (let tries = 0; (await state('{{.State.Health.Status}}')) !== health; tries++) {
    if (tries > 120) throw new Error(`not ${health}: ${await state('{{json .State}}')}`);
    await sleep(500);
  }
}

async function token(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await compose('run', '--rm', 'token', ...words);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function ask(secret: string, hash: string, body?: Uint8Array): Promise<Response> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' };
  return await fetch(`${url}/v1/cache/${hash}`, {
    headers,
    ...(body === undefined ? {} : { method: 'PUT', body: Buffer.from(body) }),
  });
}

test('hadolint has no findings, and compose accepts its file', async () => {
  expect(existsSync(HADOLINT)).toBe(true);
  const linted = await runProgram([HADOLINT, join(DOCKER, 'Dockerfile')], { cwd: directory, env: environment });
  expect(linted).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await compose('config', '--quiet')).toHaveEndedWell();
});

test('the image asks every ten seconds whether the server is well', async () => {
  const shown = await engine.docker('inspect', '--format', '{{json .Config.Healthcheck}}', IMAGE);
  expect(JSON.parse(shown)).toEqual(HEALTH_CHECK);
});

test('the version that is installed unless another is named is this one', () => {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'packages', 'cache', 'package.json'), 'utf8')) as {
    version: string;
  };
  for (const file of ['Dockerfile', 'compose.yaml']) {
    expect(readFileSync(join(DOCKER, file), 'utf8')).toContain(`@wheelhouse/cache@${version}`);
  }
});

test('it serves as an arbitrary user, accepts new tokens at once, and exits on a signal', async () => {
  const main = await token('create', '--name', 'ci-main', '--tier', 'trusted');
  expect(main).toMatch(/^whc_/);
  expect(await compose('up', '--detach', '--no-build', 'cache')).toHaveEndedWell();
  await becomes('healthy');

  const body = randomBytes(3_000_000);
  expect((await ask(main, '1', body)).status).toBe(200);
  const pull = await token('create', '--name', 'pull', '--tier', 'pr:7');
  const answer = await ask(pull, '1');
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  expect([answer.status, digest(Buffer.from(await answer.arrayBuffer()))]).toEqual([200, digest(body)]);
  expect((await ask(pull, '2', body)).status).toBe(200);
  expect((await ask(main, '2')).status).toBe(404);
  await token('revoke', '--name', 'pull');
  expect((await ask(pull, '1')).status).toBe(401);

  // It can write its entries and nothing else, and has no rights to take.
  const inside = async (command: string): Promise<Ended> => compose('exec', '-T', 'cache', 'sh', '-c', command);
  expect((await inside('id -u; id -g; grep CapEff /proc/1/status')).stdout).toMatch(/^10001\n10001\nCapEff:\s+0+\n$/);
  for (const path of ['/x', '/opt/wheelhouse-cache/x', '/etc/wheelhouse-cache/x', '/tmp/x']) {
    const { exitCode, stderr } = await inside(`touch ${path}`);
    expect([path, exitCode, stderr]).toEqual([path, 1, expect.stringMatching(/Read-only|Permission denied/)]);
  }

  for (const command of ['stats', 'verify']) {
    expect(await compose('exec', '-T', 'cache', 'wheelhouse-cache', command)).toHaveEndedWell();
  }
  const settings = '/etc/wheelhouse-cache/wheelhouse-cache.yml';
  const write = `docker-compose --project-name cache run --rm --entrypoint sh -T token -c 'cat > ${settings}'`;
  const options = { cwd: context, env: environment };
  expect(await runProgram(['sh', '-c', `echo 'quota: 1GB' | ${write}`], options)).toHaveEndedWell();
  expect((await inside(`cat ${settings}`)).stdout).toBe('quota: 1GB\n');

  expect(await compose('stop', 'cache')).toHaveEndedWell();
  expect(await state('{{.State.ExitCode}} {{.State.OOMKilled}}')).toBe('0 false');
  expect((await compose('logs', '--no-color', 'cache')).stdout).toContain('"msg":"ending","signal":"SIGTERM"');
  expect(await compose('start', 'cache')).toHaveEndedWell();
  await becomes('healthy');
  expect((await ask(main, '1')).status).toBe(200);
});

test('a server that hangs is found unhealthy', async () => {
  await becomes('healthy');
  await engine.docker('kill', '--signal', 'STOP', await container());
  await becomes('unhealthy');
  await engine.docker('kill', '--signal', 'CONT', await container());
  await becomes('healthy');
});
