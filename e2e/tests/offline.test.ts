import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectRef } from '@wheelhouse/python-stage/internal';
import type { FileDigest, TestRecord } from '@wheelhouse/python-stage/wheelhouse';
import { installPackages, REPOSITORY, type Installation } from './support/installation.js';
import { operate, type Answer } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { ORDINARY_ID, ordinaryUser, runProgram, runWell } from './support/users.js';

// As root, and with an sdist to build, the same is shown in example.test.ts.

const PROJECT = { name: 'todo-common', root: 'libs/todo-common', python: '/usr/bin/python3' };
const PROJECTS = [PROJECT];
/** Its snapshot has all that the other's has, and pip. */
const BY_PIP: readonly ProjectRef[] = [{ ...PROJECT, settings: { frontend: 'pip' } }];

type Result = { readonly files?: readonly FileDigest[]; readonly record?: TestRecord };
type Results = Answer<Result>;

/** The project's own wheel among the files of a build. */
function wheelOf(result: Result | undefined): FileDigest {
  const file = result?.files?.find(({ path }) => path.startsWith('wheel/'));
  if (file === undefined) throw new Error(`there is no wheel in ${JSON.stringify(result)}`);
  return file;
}

let wheel: FileDigest;

/** Words in front of a command that run it as an ordinary user on a machine without a network. */
const prefix = (): string[] => [...ordinaryUser(), 'unshare', '--user', '--map-root-user', '--net', '--'];

let base: string;
let installation: Installation;
let workspace: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-offline-'));
  chmodSync(base, 0o755);
  installation = installPackages(join(base, 'installation'));
  giveTools(join(base, 'store'));
  const online = join(base, 'online');
  cpSync(join(REPOSITORY, 'examples', 'libs'), join(online, 'libs'), { recursive: true });
  await operate(installation, [], {
    environment: { ...process.env, HOME: join(base, 'home'), WHEELHOUSE_CACHE_DIR: join(base, 'store') },
    input: { workspace: online, projects: BY_PIP, operations: [['snapshot', 'todo-common']] },
  });
  rmSync(join(base, 'store'), { recursive: true });

  const home = join(base, 'home of another user');
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, ORDINARY_ID, ORDINARY_ID);
  workspace = join(home, 'workspace');
  await runWell([...ordinaryUser(), 'cp', '-R', online, workspace], { cwd: '/', env: process.env });
  environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home };
});

afterAll(() => {
  removeTree(base);
});

test('there is no network', async () => {
  const script = 'import socket; socket.create_connection(("192.0.2.1", 80), timeout=5)';
  const { exitCode, stderr } = await runProgram([...prefix(), '/usr/bin/python3', '-c', script], {
    cwd: '/',
    env: environment,
  });
  expect({ exitCode, stderr: stderr.trimEnd().split('\n').at(-1) }).toEqual({
    exitCode: 1,
    stderr: 'OSError: [Errno 101] Network is unreachable',
  });
});

test('an ordinary user builds a wheel and tests it with nothing but the snapshot', async () => {
  const { results, failures }: Results = await operate(installation, prefix(), {
    environment,
    input: {
      workspace,
      projects: PROJECTS,
      operations: [
        ['wheel', 'todo-common'],
        ['test', 'todo-common'],
      ],
    },
  });
  expect(failures).toEqual([]);
  wheel = wheelOf(results[0]);
  expect(results[1]?.record).toMatchObject({ failed: 0, skipped: 0, hermetic: true });
  expect(results[1]?.record?.passed).toBeGreaterThan(15);
});

test('pip as the frontend builds the very same wheel, from the snapshot alone', async () => {
  const { results, failures }: Results = await operate(installation, prefix(), {
    environment,
    input: { workspace, projects: BY_PIP, operations: [['wheel', 'todo-common']] },
  });
  expect(failures).toEqual([]);
  expect(wheelOf(results[0])).toEqual(wheel);
});
