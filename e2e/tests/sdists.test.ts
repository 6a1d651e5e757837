import { cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectRef } from '@wheelhouse/python-stage/internal';
import type { FileDigest } from '@wheelhouse/python-stage/wheelhouse';
import { installPackages, REPOSITORY, type Installation } from './support/installation.js';
import { operate, type Answer } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { runProgram, type Ended } from './support/users.js';

// A few real sdists; `npm run test:soak` has twenty. The locks are committed.

const SDISTS = ['docopt', 'markupsafe', 'munch', 'six'];
/** As the fixture's nx.json has it. */
const PROJECTS: readonly ProjectRef[] = [
  { name: 'app', root: 'app', settings: { noBinary: SDISTS } },
  { name: 'portable', root: 'portable' },
];
const OFFLINE = ['unshare', '--net', '--'];

type Files = { readonly files?: readonly FileDigest[] };

let base: string;
let installation: Installation;
let workspace: string;
let environment: NodeJS.ProcessEnv;

async function snapshot(...words: readonly string[]): Promise<Ended> {
  return await runProgram([installation.node, installation.command, 'snapshot', ...words], {
    cwd: workspace,
    env: environment,
  });
}

function filesIn(...path: readonly string[]): string[] {
  return readdirSync(join(workspace, 'dist', ...path)).sort();
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-sdists-'));
  installation = installPackages(join(base, 'installation'));
  giveTools(join(base, 'store'));
  workspace = join(base, 'workspace');
  cpSync(join(REPOSITORY, 'e2e', 'fixtures', 'sdists'), workspace, { recursive: true });
  environment = { ...process.env, WHEELHOUSE_CACHE_DIR: join(base, 'store') };
  await operate(installation, [], {
    environment,
    input: { workspace, projects: PROJECTS, operations: PROJECTS.map(({ name }) => ['snapshot', name]) },
  });
}, 600_000);

afterAll(() => {
  removeTree(base);
});

test('trap: to build from sdists is to name them: their build backends are wheels', () => {
  const files = filesIn('app', 'snapshot');
  for (const name of SDISTS) expect(files.filter((file) => file.startsWith(`${name}-`))).toHaveLength(1);
  expect(files.filter((file) => file.endsWith('.tar.gz')).map((file) => file.replace(/-\d.*/, ''))).toEqual(SDISTS);
  expect(files.some((file) => /^setuptools-.*\.whl$/.test(file))).toBe(true);
});

test('their wheels are the same bits from another store and directory, without a network', async () => {
  const elsewhere = join(base, 'elsewhere', 'today');
  cpSync(workspace, elsewhere, { recursive: true });
  const build = async (directory: string, store: string): Promise<Record<string, string>> => {
    const { results, failures }: Answer<Files> = await operate(installation, OFFLINE, {
      environment: { ...process.env, WHEELHOUSE_CACHE_DIR: store },
      input: { workspace: directory, projects: PROJECTS, operations: [['wheel', 'app']] },
    });
    expect(failures).toEqual([]);
    return Object.fromEntries((results[0]?.files ?? []).map(({ path, sha256 }) => [path, sha256]));
  };
  const one = await build(workspace, join(base, 'store'));
  const other = await build(elsewhere, join(base, 'other store'));
  expect(
    Object.keys(one).filter((path) => /^wheelhouse\/(docopt|markupsafe|munch|six)-.*\.whl$/i.test(path)),
  ).toHaveLength(4);
  expect(other).toEqual(one);
});

describe('a snapshot for another target', () => {
  test('trap: markers are evaluated for the host: what only the target requires is there', async () => {
    const { exitCode, stdout, stderr } = await snapshot('portable', '--python', '3.12', '--platform', 'win_amd64');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^dist\/portable\/snapshots\/3\.12-win_amd64: 3 files, sha256:[0-9a-f]{64}\/\d+$/m);
    expect(filesIn('portable', 'snapshots', '3.12-win_amd64')).toEqual([
      expect.stringMatching(/^colorama-/),
      expect.stringMatching(/^installer-/),
      expect.stringMatching(/^markupsafe-.*-cp312-cp312-win_amd64\.whl$/),
    ]);
    expect(filesIn('portable', 'snapshot').filter((file) => file.startsWith('colorama'))).toEqual([]);
  });

  test('has the files of that platform, in a directory of its own', async () => {
    const { exitCode } = await snapshot(
      'portable',
      '--platform',
      'manylinux_2_28_aarch64',
      '--abi',
      'cp313',
      '--python',
      '3.13',
    );
    expect(exitCode).toBe(0);
    expect(filesIn('portable', 'snapshots')).toEqual(['3.12-win_amd64', '3.13-manylinux_2_28_aarch64']);
    const files = filesIn('portable', 'snapshots', '3.13-manylinux_2_28_aarch64');
    expect(files.find((file) => file.startsWith('markupsafe'))).toMatch(/cp313-cp313-.*manylinux.*_aarch64/);
  });

  test('for another platform is refused where something has no wheel, and says what', async () => {
    const { exitCode, stderr } = await snapshot('app', '--python', '3.12', '--platform', 'win_amd64');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'app/locks/test.txt [line 12 column 0]: no index has a wheel of `docopt==0.6.2` for Python 3.12 on `win_amd64`\n' +
        'hint: its sdist cannot be built for that platform here: exclude the distribution with a marker, or publish a wheel to an index\n',
    );
    expect(existsSync(join(workspace, 'dist', 'app', 'snapshots'))).toBe(false);
  });

  test('for another Python alone has the sdists, and what they are built with', async () => {
    const { exitCode, stderr } = await snapshot('app', '--python', '3.12');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const files = filesIn('app', 'snapshots', '3.12-linux_x86_64');
    expect(files.filter((file) => file.endsWith('.tar.gz')).map((file) => file.replace(/-\d.*/, ''))).toEqual(SDISTS);
    expect(files.some((file) => file.startsWith('setuptools-'))).toBe(true);
  });

  test('that the project is not for is refused', async () => {
    const { exitCode, stderr } = await snapshot('app', '--python', '3.10');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'app/pyproject.toml [line 9 column 0]: the project `app` needs Python `>=3.11`, but the snapshot was requested for 3.10.0\n',
    );
  });
});
