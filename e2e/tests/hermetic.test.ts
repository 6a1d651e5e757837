import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestRecord } from '@wheelhouse/python-stage/wheelhouse';
import { installPackages, REPOSITORY, type Installation } from './support/installation.js';
import { operate } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { ORDINARY_ID, ordinaryUser, runProgram, runWell } from './support/users.js';

/** As the fixture's nx.json has it. */
const PYTHON = '/usr/bin/python3';
const PROJECTS = ['app', 'hostile'].map((name) => ({ name, root: name, python: PYTHON }));
const SECRET = 'CALLERS_SECRET';

/** Who builds, with a home, a workspace and a store of their own. */
interface User {
  readonly prefix: readonly string[];
  /** In front of a command: without any network. */
  readonly offline: readonly string[];
  readonly home: string;
  readonly workspace: string;
  readonly store: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What the hostile backend is told to do; the members beside `name` are its arguments. */
type Attack = { readonly name: string } & Readonly<Record<string, string | number>>;

interface Attempt {
  readonly title: string;
  attack(user: User): Promise<Attack>;
  /** The last line of the log. */
  complaint(user: User): string;
  /** What would be left behind, and is to be removed after it was shown to work outside of any sandbox. */
  left?(user: User): string;
  /** It would do harm to this machine, or is about what is in the sandbox alone. */
  readonly onlyInside?: true;
}

const marker = `the-victim-${randomBytes(8).toString('hex')}`;
const victims: ChildProcess[] = [];
let directory: string;
let installation: Installation;
let server: Server;
let connections = 0;
const users = new Map<string, User>();

const ATTEMPTS: readonly Attempt[] = [
  {
    title: 'connects to a service of this machine',
    attack: async () => await Promise.resolve({ name: 'connect', host: '127.0.0.1', port: port() }),
    complaint: () => 'ConnectionRefusedError: [Errno 111] Connection refused',
  },
  {
    title: 'connects to an address of the network',
    attack: async () => await Promise.resolve({ name: 'connect', host: addressOfThisMachine(), port: port() }),
    complaint: () => 'OSError: [Errno 101] Network is unreachable',
  },
  {
    title: "reads a key in the caller's home",
    attack: async ({ home }) => await Promise.resolve({ name: 'read', path: join(home, '.ssh', 'id_test') }),
    complaint: ({ home }) => `FileNotFoundError: [Errno 2] No such file or directory: '${home}/.ssh/id_test'`,
  },
  {
    title: 'writes to /usr',
    attack: async () => await Promise.resolve({ name: 'write', path: '/usr/share/hostile' }),
    complaint: () => "OSError: [Errno 30] Read-only file system: '/usr/share/hostile'",
    left: () => '/usr/share/hostile',
    onlyInside: true,
  },
  {
    title: 'writes to the store',
    attack: async ({ store }) => await Promise.resolve({ name: 'write', path: join(store, 'hostile') }),
    complaint: ({ store }) => `FileNotFoundError: [Errno 2] No such file or directory: '${store}/hostile'`,
    left: ({ store }) => join(store, 'hostile'),
  },
  {
    title: 'writes to what another element made',
    attack: async () => await Promise.resolve({ name: 'write', path: '/venv/pyvenv.cfg' }),
    complaint: () => "OSError: [Errno 30] Read-only file system: '/venv/pyvenv.cfg'",
    onlyInside: true,
  },
  {
    title: "reads a variable of the caller's environment",
    attack: async () => await Promise.resolve({ name: 'variable', variable: SECRET }),
    complaint: () => `KeyError: '${SECRET}'`,
  },
  {
    title: 'looks for a process of this machine',
    attack: async (user) => {
      await startVictim(user);
      return { name: 'look', word: marker };
    },
    complaint: () => `LookupError: none of the processes is called ${marker}`,
  },
  {
    title: 'ends a process of this machine',
    attack: async (user) => ({ name: 'kill', pid: (await startVictim(user)).pid ?? 0 }),
    complaint: () => 'ProcessLookupError: [Errno 3] No such process',
  },
];

function port(): number {
  return (server.address() as AddressInfo).port;
}

/** An address that does not lead back into a sandbox of its own network, where the machine has one. */
function addressOfThisMachine(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outer = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
  if (outer === undefined) throw new Error('this machine has no network interface beside loopback');
  return outer.address;
}

/** A process of the user's that anybody with the right to may end. */
async function startVictim({ prefix }: User): Promise<ChildProcess> {
  const [command, ...args] = [...prefix, PYTHON, '-u', '-c', 'import time; print(); time.sleep(600)', marker];
  const victim = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  victims.push(victim);
  await once(victim.stdout, 'data');
  return victim;
}

async function makeUser(name: string, prefix: readonly string[], offline: readonly string[]): Promise<User> {
  const home = join(directory, name);
  const [workspace, store] = [join(home, 'workspace'), join(home, 'store')];
  const environment = {
    // With directories that are not this user's to look into.
    PATH: process.env.PATH ?? '',
    HOME: home,
    WHEELHOUSE_CACHE_DIR: store,
    [SECRET]: 'not for backends',
  };
  mkdirSync(home, { mode: 0o700 });
  if (prefix.length > 0) chownSync(home, ORDINARY_ID, ORDINARY_ID);
  const script = 'mkdir -m 700 "$1/.ssh" && echo secret > "$1/.ssh/id_test" && cp -R "$2" "$1"';
  await runWell([...prefix, 'sh', '-c', script, 'sh', home, join(directory, 'workspace')], {
    cwd: '/',
    env: environment,
  });
  return { prefix, offline, home, workspace, store, environment };
}

/** Lets the user run `wheelhouse build`. */
async function build(
  user: User,
  project: string,
  prefix = user.prefix,
): Promise<{ code: number | null; text: string }> {
  const words = [...prefix, installation.node, installation.command, 'build', project];
  const { exitCode, stdout, stderr } = await runProgram(words, { cwd: user.workspace, env: user.environment });
  return { code: exitCode, text: stdout + stderr };
}

async function arm(user: User, attack: Attack): Promise<void> {
  const text = JSON.stringify(attack);
  const script = 'printf %s "$1" > hostile/attack.json';
  await runWell([...user.prefix, 'sh', '-c', script, 'sh', text], { cwd: user.workspace, env: user.environment });
}

/** Calls the hook of the backend as it stands in the workspace, in no sandbox. */
async function buildOutside(user: User): Promise<number | null> {
  const code = 'import attacks, tempfile; attacks.build_wheel(tempfile.mkdtemp(dir="..", prefix="outside-"))';
  const { exitCode } = await runProgram([...user.prefix, PYTHON, '-B', '-c', code], {
    cwd: join(user.workspace, 'hostile'),
    env: { ...user.environment, PYTHONPATH: 'backend' },
  });
  return exitCode;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-hermetic-'));
  chmodSync(directory, 0o755);
  installation = installPackages(join(directory, 'installation'));
  giveTools(join(directory, 'store'));
  server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).resume();
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');

  const workspace = join(directory, 'workspace');
  await runWell(['cp', '-R', join(REPOSITORY, 'e2e', 'fixtures', 'hermetic'), workspace], {
    cwd: '/',
    env: process.env,
  });
  await operate(installation, [], {
    environment: { ...process.env, WHEELHOUSE_CACHE_DIR: join(directory, 'store') },
    input: { workspace, projects: PROJECTS, operations: PROJECTS.map(({ name }) => ['snapshot', name]) },
  });
  users.set('root', await makeUser('root', [], ['unshare', '--net']));
  users.set(
    'an ordinary user',
    await makeUser('ordinary', ordinaryUser(), [...ordinaryUser(), 'unshare', '--map-root-user', '--net']),
  );
});

afterAll(async () => {
  for (const victim of victims) victim.kill('SIGKILL');
  await new Promise((resolve) => server.close(resolve));
  removeTree(directory);
});

describe.each(['root', 'an ordinary user'])('as %s', (name) => {
  let user: User;

  beforeAll(() => {
    const found = users.get(name);
    if (found === undefined) throw new Error(`there is no user ${name}`);
    user = found;
  });

  test('a project is built and tested from its snapshot, with empty caches and no network', async () => {
    const connect = `import socket; socket.create_connection(("127.0.0.1", ${port()}))`;
    const attempt = await runProgram([...user.offline, PYTHON, '-c', connect], { cwd: '/', env: user.environment });
    expect(attempt.stderr).toContain('Network is unreachable');

    expect(existsSync(user.store)).toBe(false);
    const { code, text } = await build(user, 'app', user.offline);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\d+ built, 0 cached, 0 failed$/);
    expect(code).toBe(0);
    expect(text).toContain('wheel: dist/app/wheel/app-1.0.0-py3-none-any.whl\n');

    const { results } = await operate<{ readonly record?: TestRecord }>(installation, user.offline, {
      environment: user.environment,
      input: { workspace: user.workspace, projects: PROJECTS, operations: [['test', 'app']] },
    });
    expect(results[0]?.record).toMatchObject({ passed: 3, failed: 0, skipped: 0, hermetic: true });
    expect(existsSync(join(user.workspace, 'reports', 'app', 'junit.xml'))).toBe(true);
  });

  test.each(ATTEMPTS)('a backend that $title fails', async (attempt) => {
    const left = attempt.left?.(user);
    if (attempt.onlyInside !== true) {
      // Otherwise it would fail for another reason than the sandbox.
      await arm(user, await attempt.attack(user));
      expect(await buildOutside(user)).toBe(0);
      if (left !== undefined) rmSync(left);
    }
    const before = connections;
    await arm(user, await attempt.attack(user));

    const { code, text } = await build(user, 'hostile');

    expect(code).toBe(2);
    const command =
      '/venv/bin/python -s -B /opt/wheelhouse/helpers/hook.py --tools /opt/wheelhouse/tools ' +
      'build-wheel /buildstream-install/wheelhouse';
    expect(text).toMatch(/^failed {5}wheel\/hostile\.bst [0-9a-f]{8} after \d+\.\d s$/m);
    expect(text).toContain(`           command \`${command}\` exited with code 1\n`);
    const log = text.split('\n').filter((line) => line.startsWith('           | '));
    expect(log).toContain(`           | + ${command}`);
    expect(log).toContain(`           | ${attempt.complaint(user)}`);
    expect(text).toMatch(/^ {11}log: \/.*\.log$/m);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\d+ built, \d+ cached, 1 failed$/);

    expect(existsSync(join(user.workspace, 'dist', 'hostile', 'wheel'))).toBe(false);
    expect(connections).toBe(before);
    if (left !== undefined) expect(existsSync(left)).toBe(false);
    const victim = victims.at(-1);
    expect(victim === undefined || victim.exitCode === null).toBe(true);
    expect(victim?.signalCode ?? null).toBeNull();
  });

  test('the same backend passes when it only builds', async () => {
    writeFileSync(join(user.workspace, 'hostile', 'attack.json'), '{ "name": "nothing" }');
    const { code, text } = await build(user, 'hostile');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^1 built, \d+ cached, 0 failed$/);
    expect(code).toBe(0);
    expect(existsSync(join(user.workspace, 'dist', 'hostile', 'wheel', 'hostile-1.0.0-py3-none-any.whl'))).toBe(true);
  });
});
