import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages, REPOSITORY, type Installation } from './support/installation.js';
import { operate, type Answer } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { ORDINARY_ID, ordinaryUser, runWell } from './support/users.js';

/** An interpreter that every user of the machine can run, with its headers. */
const PYTHON = '/usr/bin/python3';
/** The clock of the second machine comes from a library that is no package of the toolchain. */
const settings = { toolchain: 'host' } as const;
const PROJECTS = [
  { name: 'todobackend', root: 'apps/todobackend', python: PYTHON, settings },
  { name: 'todo-common', root: 'libs/todo-common', python: PYTHON, settings },
];
const DAY = 24 * 60 * 60;

interface Files {
  readonly files?: readonly { readonly path: string; readonly sha256: string }[];
}

let directory: string;
let installation: Installation;
let here: Answer<Files>;
let elsewhere: Answer<Files>;

/** The sha256 of every file that the wheels of both projects and their wheelhouses consist of. */
function digests({ results }: Answer<Files>): Record<string, string> {
  const files = results.flatMap(({ files: found = [] }) => found);
  return Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
}

/** A processor that this process may use. */
function processor(): string {
  const allowed = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (allowed === undefined) throw new Error('/proc/self/status does not say which processors there are');
  return allowed;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-reproducible-'));
  chmodSync(directory, 0o755);
  installation = installPackages(join(directory, 'installation'));
  giveTools(join(directory, 'store'));

  const workspace = join(directory, 'workspace');
  mkdirSync(workspace);
  const parts = ['apps', 'libs', 'nx.json', 'package.json'].map((part) => join(REPOSITORY, 'examples', part));
  await runWell(['cp', '-R', ...parts, workspace], { cwd: '/', env: process.env });
  const environment = { ...process.env, WHEELHOUSE_CACHE_DIR: join(directory, 'store'), TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const wheels = PROJECTS.map(({ name }) => ['wheel', name] as const);
  await operate(installation, [], {
    environment,
    input: { workspace, projects: PROJECTS, operations: PROJECTS.map(({ name }) => ['snapshot', name]) },
  });

  const home = join(directory, 'home of another user');
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, ORDINARY_ID, ORDINARY_ID);
  const other = join(home, 'work', 'of today');
  const shell = (script: string, ...words: string[]): string[] => [
    'sh',
    '-c',
    `umask 0077 && ${script}`,
    'sh',
    ...words,
  ];
  await runWell([...ordinaryUser(), ...shell('mkdir -p "$1" && cp -R "$2"/. "$1"', other, workspace)], {
    cwd: '/',
    env: process.env,
  });
  const otherEnvironment = {
    // With directories that are not this user's to look into.
    PATH: process.env.PATH ?? '',
    HOME: home,
    WHEELHOUSE_CACHE_DIR: join(home, 'store'),
    TZ: 'Pacific/Kiritimati',
    LC_ALL: 'tr_TR.UTF-8',
    LANGUAGE: 'tr',
  };
  const prefix = [...ordinaryUser(), 'taskset', '--cpu-list', processor(), ...shell('exec "$@"')];
  // Both have ended before what they work in is removed.
  const [first, second] = await Promise.allSettled([
    operate<Files>(installation, [], { environment, input: { workspace, projects: PROJECTS, operations: wheels } }),
    operate<Files>(installation, prefix, {
      environment: otherEnvironment,
      input: { workspace: other, projects: PROJECTS, operations: wheels, clock: '+1d' },
    }),
  ]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  [here, elsewhere] = [first.value, second.value];
});

afterAll(() => {
  removeTree(directory);
});

test('the clock in one sandbox is right, and in the other it is a day ahead', () => {
  expect(here.ahead.length).toBeGreaterThan(3);
  expect(elsewhere.ahead).toHaveLength(here.ahead.length);
  const minutes = 15 * 60;
  for (const seconds of here.ahead) expect(Math.abs(seconds)).toBeLessThan(minutes);
  for (const seconds of elsewhere.ahead) expect(Math.abs(seconds - DAY)).toBeLessThan(minutes);
});

test('the wheels of both projects are identical for every user, directory, time and number of processors', () => {
  const [one, other] = [digests(here), digests(elsewhere)];
  const wheels = Object.keys(one).filter((path) => path.startsWith('wheel/'));
  expect(wheels.map((path) => path.replace(/-.*/, '')).sort()).toEqual(['wheel/todo_common', 'wheel/todobackend']);
  for (const path of wheels) expect({ [path]: other[path] }).toEqual({ [path]: one[path] });
});

test('and so is the wheel of uwsgi, which is built from C', () => {
  const [one, other] = [digests(here), digests(elsewhere)];
  const [uwsgi = '', ...more] = Object.keys(one).filter((path) => /\/uwsgi-.*\.whl$/.test(path));
  expect(more).toEqual([]);
  expect(uwsgi).toMatch(/^wheelhouse\/uwsgi-[\d.]+-cp3\d+-cp3\d+-linux_/);
  expect({ [uwsgi]: other[uwsgi] }).toEqual({ [uwsgi]: one[uwsgi] });
});
