import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineRoot, OtherMachine } from '../tests/support/other-machine.js';
import { REPOSITORY } from '../tests/support/installation.js';
import { removeTree } from '../tests/support/remove-tree.js';
import { startService, type Service } from '../tests/support/service.js';
import { runProgram, runWell, type Ended } from '../tests/support/users.js';
import { EXAMPLE, nxTasks, Workspace } from '../tests/support/workspace.js';

const PROJECT = 'todobackend';
/** What building needs on every machine. */
const NEEDED = ['python3', 'python3-dev', 'python3-venv', 'build-essential', 'pkg-config', 'bubblewrap', 'git'];
/**
 * What one of them has beside that: an engine, a server, fonts; another awk and another compiler, which are alternatives;
 * postgresql-common, which moves a program of libpq-dev away; and a part of the interpreter's standard library.
 */
const MORE = ['docker.io', 'postgresql', 'fonts-dejavu-core', 'gawk', 'clang', 'libpq-dev', 'python3-tk'];

/** A user of a machine, with a workspace and a store at some place there. */
interface Site {
  readonly machine: OtherMachine;
  readonly workspace: Workspace;
  /** Where the workspace is there. */
  readonly directory: string;
  readonly uid: number;
  readonly environment: Variables;
}

type Variables = Readonly<Record<string, string>>;

interface ShownElement {
  readonly name: string;
  readonly key: string;
}

let base: string;
let bare: Site;
let full: Site;

async function makeSite(name: string, packages: readonly string[], at: string, uid: number): Promise<Site> {
  const archive = await machineRoot(name, releaseOfThisMachine(), packages);
  const own = join(base, name);
  const workspace = new Workspace({ base: own, ...EXAMPLE });
  const store = join(own, 'their-store');
  mkdirSync(store);
  execFileSync('chown', ['--recursive', `${uid}:${uid}`, workspace.directory, workspace.home, store]);
  // Links of `node_modules` lead to the place that it has here.
  const mounts = { [own]: own, [at]: own };
  const machine = await OtherMachine.start({ archive, directory: join(base, `${name}-machine`), mounts });
  const environment = {
    HOME: join(at, 'home'),
    WHEELHOUSE_CACHE_DIR: join(at, 'their-store'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
  return { machine, workspace, directory: join(at, 'workspace'), uid, environment };
}

async function wheelhouse(site: Site, words: readonly string[]): Promise<Ended> {
  const program = join(site.directory, 'node_modules', '@wheelhouse', 'build', 'bin', 'wheelhouse.js');
  const prefix = site.machine.prefix(site.directory, site.uid, site.environment);
  const ended = await runProgram([...prefix, process.execPath, program, ...words], { cwd: '/', env: process.env });
  if (ended.exitCode !== 0) throw new Error(`wheelhouse ${words.join(' ')}:\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

/** Runs Nx with the shared cache. */
async function nx(site: Site, words: readonly string[], cache: Variables): Promise<Ended> {
  const program = join(site.directory, 'node_modules', '.bin', 'nx');
  const own = { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' };
  const prefix = site.machine.prefix(site.directory, site.uid, { ...site.environment, ...own, ...cache });
  return await runProgram([...prefix, process.execPath, program, ...words], { cwd: '/', env: process.env });
}

/** A server of the shared cache on loopback, and what Nx is told of it: with a token that writes, and one that only reads. */
async function startCache(): Promise<{ server: Service; writes: Variables; reads: Variables }> {
  const program = join(REPOSITORY, 'packages', 'cache', 'bin', 'wheelhouse-cache.js');
  const tokens = join(base, 'tokens.yml');
  const token = async (tier: string): Promise<string> => {
    const words = ['token', 'create', '--tokens', tokens, '--name', tier, '--tier', tier];
    return (await runWell([process.execPath, program, ...words], { cwd: base, env: process.env })).stdout.trim();
  };
  const [writing, reading] = [await token('trusted'), await token('read')];
  const server = await startService((port) => {
    const options = ['--listen', `127.0.0.1:${port}`, '--data', join(base, 'cache'), '--tokens', tokens];
    return [process.execPath, program, 'serve', ...options];
  }, base);
  const variables = (accessToken: string): Variables => ({
    NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url,
    NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: accessToken,
  });
  return { server, writes: variables(writing), reads: variables(reading) };
}

async function keys(site: Site): Promise<Record<string, string>> {
  const { stdout } = await wheelhouse(site, ['show', '--format', 'json', PROJECT]);
  const elements = JSON.parse(stdout) as readonly ShownElement[];
  return Object.fromEntries(elements.map(({ name, key }) => [name, key]));
}

/** What Nx is told of the toolchain. */
async function digest(site: Site): Promise<string> {
  return (await wheelhouse(site, ['toolchain', PROJECT])).stdout.trim();
}

/** Makes a Debian package, and installs or upgrades it on a machine. @param files by their paths; a target begins with `-> ` */
async function install(
  { machine, workspace, directory }: Site,
  { name, version, depends = '' }: { readonly name: string; readonly version: string; readonly depends?: string },
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const root = workspace.path(`../package-${name}`);
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: all',
    ...(depends === '' ? [] : [`Depends: ${depends}`]),
    'Maintainer: Tests <tests@example.org>',
    'Description: What a test installs',
    '',
  ];
  writeFileSync(join(root, 'DEBIAN', 'control'), control.join('\n'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    if (content.startsWith('-> ')) execFileSync('ln', ['-sf', content.slice(3), join(root, path)]);
    else writeFileSync(join(root, path), content);
  }
  const script = 'dpkg-deb --root-owner-group --build "$1" "$1.deb" && dpkg --force-all --install "$1.deb"';
  const words = ['sh', '-e', '-c', script, 'sh', join(directory, '..', `package-${name}`)];
  const ended = await runProgram([...machine.prefix('/', 0, {}), ...words], { cwd: '/', env: process.env });
  if (ended.exitCode !== 0) throw new Error(`${ended.stdout}\n${ended.stderr}`);
}

function releaseOfThisMachine(): string {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (release === undefined) throw new Error('/etc/os-release names no release: the machines here are of Debian');
  return release;
}

beforeAll(async () => {
  // Both have the same commit.
  process.env.GIT_AUTHOR_DATE = process.env.GIT_COMMITTER_DATE = '2026-01-02T03:04:05Z';
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-one-key-'));
  chmodSync(base, 0o755);
  bare = await makeSite('bare', NEEDED, '/home/anna', 1234);
  full = await makeSite('full', [...NEEDED, ...MORE], '/srv/builds/of a team', 4321);
}, 1_800_000);

afterAll(async () => {
  await bare.machine.stop();
  await full.machine.stop();
  removeTree(base);
});

test('two machines with other packages, users and directories have the same keys', async () => {
  const [one, other] = [await keys(bare), await keys(full)];
  expect(Object.keys(one).filter((name) => name.startsWith('toolchain/'))).toHaveLength(2);
  expect(other).toEqual(one);
  expect(await digest(full)).toBe(await digest(bare));
});

test.each<[string, (site: Site) => Site]>([
  ['another user', (site) => ({ ...site, uid: 0 })],
  ['another home', (site) => ({ ...site, environment: { ...site.environment, HOME: '/' } })],
  ['another path to the workspace', (site) => ({ ...site, directory: site.workspace.directory })],
  [
    'another locale',
    (site) => ({ ...site, environment: { ...site.environment, LC_ALL: 'tr_TR.UTF-8', LANG: 'de_DE' } }),
  ],
  ['another time zone', (site) => ({ ...site, environment: { ...site.environment, TZ: 'Pacific/Chatham' } })],
  [
    'another store',
    (site) => ({
      ...site,
      environment: { ...site.environment, WHEELHOUSE_CACHE_DIR: join(site.environment.HOME ?? '', 's') },
    }),
  ],
])('%s changes no key', async (_what, change) => {
  const changed = change(bare);
  expect(await keys(changed)).toEqual(await keys(bare));
  expect(await digest(changed)).toBe(await digest(bare));
});

test('what one machine has built with Nx, the other one takes from the shared cache', async () => {
  const { server, writes, reads } = await startCache();
  try {
    const words = ['run-many', '--targets', 'test,build-wheel'];
    const built = await nx(bare, words, writes);
    expect(built).toHaveEndedWell();
    const taken = await nx(full, words, reads);
    expect(taken).toHaveEndedWell();
    const tasks = Object.entries(nxTasks(taken));
    expect(tasks.length).toBe(Object.keys(nxTasks(built)).length);
    expect(tasks.filter(([, task]) => !task.fromNx)).toEqual([]);
    expect(full.workspace.contents('dist')).toEqual(bare.workspace.contents('dist'));
  } finally {
    await server.stop();
  }
});

test('their wheels are the same, those that are compiled among them', async () => {
  await wheelhouse(bare, ['build', PROJECT]);
  await wheelhouse(full, ['build', PROJECT]);
  const [one, other] = [bare, full].map(({ workspace }) => workspace.contents('dist'));
  const names = Object.keys(one ?? {});
  expect(names.filter((name) => /wheelhouse\/uwsgi-.*linux_x86_64\.whl$/i.test(name))).toHaveLength(1);
  expect(other).toEqual(one);
});

test('a package that is installed and removed changes no key, and builds nothing', async () => {
  const before = [await keys(bare), await digest(bare)];
  await install(
    bare,
    { name: 'unrelated', version: '1.0' },
    { '/usr/include/unrelated.h': 'x', '/usr/bin/unrelated': 'x' },
  );
  expect([await keys(bare), await digest(bare)]).toEqual(before);
  expect((await wheelhouse(bare, ['build', PROJECT])).stdout).toMatch(/\n0 built, \d+ cached, 0 failed\n$/);
  const remove = [...bare.machine.prefix('/', 0, {}), 'dpkg', '--purge', 'unrelated'];
  expect((await runProgram(remove, { cwd: '/', env: process.env })).exitCode).toBe(0);
  expect([await keys(bare), await digest(bare)]).toEqual(before);
});

test('an upgrade of the compiler changes the keys of what may compile, and no other', async () => {
  const ask = async (...words: readonly string[]): Promise<string> =>
    (await runProgram([...bare.machine.prefix('/', 0, {}), ...words], { cwd: '/', env: process.env })).stdout.trim();
  const depends = await ask('dpkg-query', '--show', '--showformat', '${Depends}', 'gcc');
  const program = await ask('readlink', '/usr/bin/gcc');
  const before = await keys(bare);
  const upgraded = { '/usr/bin/gcc': `-> ${program}`, '/usr/lib/gcc/upgraded': 'another version' };
  await install(bare, { name: 'gcc', version: '99:99', depends }, upgraded);
  const after = await keys(bare);
  const isOf = (...names: readonly RegExp[]): string[] =>
    Object.keys(after).filter((name) => names.some((each) => each.test(name)));
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  const mayCompile = isOf(/^toolchain\/native-/, /^sdist-wheel\/uwsgi-/, /^wheel\/todobackend\.bst$/);
  expect(mayCompile).toHaveLength(3);
  expect(changed).toEqual(expect.arrayContaining(mayCompile));
  const cannot = isOf(
    /^toolchain\/python-/,
    /^byte-code\//,
    /^libraries\/python-/,
    /^wheel\/todo-common\.bst$/,
    /^tool\//,
  );
  expect(cannot.length).toBeGreaterThanOrEqual(5);
  for (const name of cannot) expect(changed).not.toContain(name);
});
