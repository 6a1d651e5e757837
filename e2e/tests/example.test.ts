import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, TestRecord } from '@wheelhouse/python-stage/wheelhouse';
import { removeTree } from './support/remove-tree.js';
import { runWell, type Ended } from './support/users.js';
import { EXAMPLE, nxTasks, Workspace, type NxTask } from './support/workspace.js';

const DIST = 'dist/apps/todobackend';
const REPORTS = 'reports/apps/todobackend';
const TASKS = ['snapshot', 'build-wheel', 'test'].flatMap((target) => [
  `todobackend:${target}`,
  `todo-common:${target}`,
]);
const EVERYTHING = ['run-many', '-t', 'build-wheel', 'test', '--parallel=4', '--output-style=static'];

let base: string;
let workspace: Workspace;
/** The run from empty stores. */
let first: Ended;

/**
 * Runs Nx, which has to succeed, and tells of its tasks. The first run is as Nx is unless told otherwise; these have the
 * plugins in its own process, which takes a third of the time.
 */
async function nx(...words: readonly string[]): Promise<Record<string, NxTask>> {
  const environment = { NX_ISOLATE_PLUGINS: 'false' };
  return nxTasks(succeeded(await workspace.nx([...words, '--output-style=static'], { environment })));
}

function succeeded(ended: Ended): Ended {
  if (ended.exitCode !== 0) throw new Error(`exit code ${String(ended.exitCode)}:\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

function manifest(): Manifest {
  return JSON.parse(workspace.read(`${DIST}/manifest.json`)) as Manifest;
}

function record(): TestRecord {
  return JSON.parse(workspace.read(`${REPORTS}/record.json`)) as TestRecord;
}

/** The files of a manifest, but for the one that names the sources they were made from. */
function unlikeProvenance({ files }: Manifest): Manifest['files'] {
  return files.filter(({ path }) => path !== 'wheelhouse/provenance.intoto.json');
}

/** The names of the tasks that Nx took from its cache. */
function fromNx(tasks: Record<string, NxTask>): string[] {
  return Object.keys(tasks)
    .filter((name) => tasks[name]?.fromNx === true)
    .sort();
}

/** The names of the elements that were built, in all tasks that ran. */
function built(tasks: Record<string, NxTask>): string[] {
  const lines = Object.values(tasks).flatMap((task) => (task.fromNx ? [] : task.lines));
  return lines.flatMap((line) => /^(?:built|compiled|installed|tested) +(\S+\.bst) /.exec(line)?.[1] ?? []).sort();
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-example-'));
  chmodSync(base, 0o755);
  workspace = new Workspace({ base, ...EXAMPLE, isolatesPlugins: true });
  await nx('run-many', '-t', 'snapshot');
  // From here on there is the snapshot, and nothing else: neither stores nor caches, nor a network.
  removeTree(workspace.store);
  workspace.remove('.nx');
  rmSync(workspace.home, { recursive: true });
  first = await workspace.nx(EVERYTHING, {
    prefix: ['unshare', '--net'],
    environment: { PIP_FIND_LINKS: undefined, PIP_INDEX_URL: undefined },
  });
});

afterAll(() => {
  removeTree(base);
});

describe('from empty stores, with the snapshot and without a network', () => {
  test('the wheels of both projects are built and tested', () => {
    succeeded(first);
    expect(Object.keys(nxTasks(first)).sort()).toEqual([...TASKS].sort());
    expect(fromNx(nxTasks(first))).toEqual([]);
    expect(record()).toMatchObject({ failed: 0, skipped: 0, hermetic: true });
    expect(record().passed).toBeGreaterThan(15);
  });

  test('each element that runs commands is built once, however many tasks at a time need it', () => {
    // What runs none takes no lock (docs/adr/0009).
    const names = built(nxTasks(first)).filter((name) => /^(env|installed|sdist-wheel|test|wheel)\//.test(name));
    expect(names.filter((name) => name.startsWith('sdist-wheel/'))).toEqual([
      expect.stringMatching(/^sdist-wheel\/uwsgi-/),
    ]);
    expect(names.filter((name) => name.startsWith('env/')).length).toBeGreaterThanOrEqual(3);
    expect(names).toEqual([...new Set(names)]);
  });

  test('the wheelhouse is all that an installation takes, and the application in it checks well', async () => {
    const venv = join(base, 'v');
    const wheelhouse = workspace.path(`${DIST}/wheelhouse`);
    const run = { cwd: base, env: { ...process.env, PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: undefined } };
    await runWell(['python3', '-m', 'venv', venv], run);
    const options = [
      '--no-index',
      '--no-deps',
      '--require-hashes',
      '-f',
      wheelhouse,
      '-r',
      join(wheelhouse, 'requirements.txt'),
    ];
    await runWell([join(venv, 'bin', 'pip'), 'install', ...options], run);
    const { stdout } = await runWell([join(venv, 'bin', 'manage.py'), 'check'], run);
    expect(stdout).toBe('System check identified no issues (0 silenced).\n');
  });

  test('the manifest and the record are about the same wheel and the same snapshot, and pass verification', async () => {
    expect(record().wheel).toEqual(manifest().files[0]);
    expect(record().snapshotDigest).toBe(manifest().snapshotDigest);
    const { stdout, stderr, exitCode } = await workspace.wheelhouse(['verify', 'todobackend']);
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: expect.stringMatching(/^verified: everything matches its records\n\d+ checked, 0 wrong\n$/) as string,
      stderr: '',
      exitCode: 0,
    });
  });
});

describe('again', () => {
  test("everything comes from Nx's cache", async () => {
    const tasks = await nx(...EVERYTHING);
    expect(fromNx(tasks)).toEqual([...TASKS].sort());
  });

  test("without Nx's cache, nothing is built", async () => {
    const tasks = await nx(...EVERYTHING, '--skip-nx-cache');
    expect(fromNx(tasks)).toEqual([]);
    expect(Object.keys(tasks).sort()).toEqual([...TASKS].sort());
    for (const { counts } of Object.values(tasks)) expect(counts).toMatch(/^0 built, [1-9]\d* cached, 0 failed$/);
  });
});

describe('a change', () => {
  beforeEach(() => {
    workspace.restore();
  });

  test('of a file that is excluded runs nothing', async () => {
    workspace.write('apps/todobackend/docs/notes.md', 'Excluded.\n');
    expect(fromNx(await nx(...EVERYTHING))).toEqual([...TASKS].sort());
  });

  test('of a test runs the tests again, and builds no wheel', async () => {
    const before = record();
    workspace.write('apps/todobackend/tests/test_added.py', 'def test_added():\n    assert 1 + 1 == 2\n');
    const tasks = await nx(...EVERYTHING);
    expect(fromNx(tasks)).toEqual(TASKS.filter((name) => name !== 'todobackend:test').sort());
    expect(built(tasks)).toEqual(['test/todobackend.bst']);
    expect(record().passed).toBe(before.passed + 1);
    expect(record().testSourceDigest).not.toBe(before.testSourceDigest);
    expect(record().wheel).toEqual(before.wheel);
  });

  test('of a staged file that reaches no wheel builds the same wheel again, and what depends on it is a hit', async () => {
    const before = manifest();
    workspace.edit('apps/todobackend/README.md', '# todobackend', '# The backend');
    const tasks = await nx(...EVERYTHING);
    expect(built(tasks)).toEqual(['wheel/todobackend.bst']);
    expect(fromNx(tasks)).toEqual(TASKS.filter((name) => name !== 'todobackend:build-wheel').sort());
    expect(unlikeProvenance(manifest())).toEqual(unlikeProvenance(before));
    expect(manifest().elementKey).not.toBe(before.elementKey);
    const again = await nx('run', 'todobackend:test', '--skip-nx-cache');
    expect(built(again)).toEqual([]);
    expect(again['todobackend:test']?.counts).toMatch(/^0 built, [1-9]\d* cached, 0 failed$/);
  });

  test('of a library affects those that depend on it', async () => {
    const before = manifest();
    const title = 'libs/todo-common/todo_common/title.py';
    workspace.write(title, `${workspace.read(title)}\n# Changed.\n`);
    const tasks = await nx('affected', '-t', 'test', 'build-wheel', '--base=HEAD');
    expect(Object.keys(tasks).sort()).toEqual([...TASKS].sort());
    expect(fromNx(tasks)).toEqual(['todo-common:snapshot', 'todobackend:snapshot']);
    expect(built(tasks)).toEqual(
      expect.arrayContaining(['test/todo-common.bst', 'test/todobackend.bst', 'wheel/todo-common.bst']),
    );
    const wheels = ({ files }: Manifest): Record<string, string> =>
      Object.fromEntries(files.map(({ path, sha256 }) => [path.replace(/-.*/, ''), sha256]));
    const changed = Object.keys(wheels(before)).filter((path) => wheels(before)[path] !== wheels(manifest())[path]);
    expect(changed).toEqual([
      'wheelhouse/todo_common',
      'wheelhouse/requirements.txt',
      'wheelhouse/sbom.cdx.json',
      'wheelhouse/provenance.intoto.json',
    ]);
  });

  test('of a line of MANIFEST.in lets a test fail, whose reports come out', async () => {
    workspace.edit('apps/todobackend/MANIFEST.in', 'recursive-include todo/templates *.html\n', '');
    const { stdout, exitCode } = await workspace.nx(['run', 'todobackend:test', '--output-style=static']);
    expect(exitCode).toBe(1);
    const { failed, passed } = record();
    expect(failed).toBeGreaterThan(0);
    expect(stdout).toContain(`tests: ${passed} passed, ${failed} failed, 0 skipped\n`);
    expect(nxTasks({ stdout })['todobackend:test']?.counts).toMatch(/^[1-9]\d* built, \d+ cached, 1 failed$/);
    expect(workspace.read(`${REPORTS}/junit.xml`)).toContain(`failures="`);
  });
});

describe('one byte of a file that is staged', () => {
  const file = 'apps/todobackend/todo/static/todo/overview.css';
  let before: { readonly manifest: Manifest; readonly record: TestRecord };

  beforeAll(async () => {
    workspace.restore();
    await nx(...EVERYTHING);
    before = { manifest: manifest(), record: record() };
    const text = workspace.read(file);
    const at = text.indexOf('\n');
    workspace.write(file, `${text.slice(0, at)} ${text.slice(at + 1)}`);
    await nx('run', 'todobackend:test');
  });

  test('changes every digest that depends on it', () => {
    const [wheel] = manifest().files;
    expect(wheel?.path).toBe(before.manifest.files[0]?.path);
    expect(wheel?.sha256).not.toBe(before.manifest.files[0]?.sha256);
    expect(manifest().elementKey).not.toBe(before.manifest.elementKey);
    expect(manifest().sourceDigest).not.toBe(before.manifest.sourceDigest);
    expect(record().wheel).toEqual(wheel);
  });

  test('and no other', () => {
    const { project, version, snapshotDigest, uses, toolchain } = before.manifest;
    expect(manifest()).toMatchObject({ project, version, snapshotDigest, uses, toolchain });
    const own = /^(wheel|wheelhouse)\/(todobackend-|requirements\.txt|sbom\.cdx\.json|provenance\.intoto\.json)/;
    const others = ({ files }: Manifest): unknown => files.filter(({ path }) => !own.test(path));
    expect(others(manifest())).toEqual(others(before.manifest));
    expect({ ...record(), wheel: before.record.wheel }).toEqual(before.record);
  });

  test('and the outputs pass verification until they are changed', async () => {
    const verify = async (): Promise<{ readonly lines: string[]; readonly exitCode: number | null }> => {
      const { stdout, exitCode } = await workspace.wheelhouse(['verify', 'todobackend']);
      return { lines: stdout.trimEnd().split('\n'), exitCode };
    };
    expect(await verify()).toEqual({
      lines: ['verified: everything matches its records', expect.stringMatching(/^\d+ checked, 0 wrong$/)],
      exitCode: 0,
    });

    const [{ path, sha256 } = { path: '', sha256: '' }] = manifest().files;
    const wheel = workspace.path(`${DIST}/${path}`);
    const bytes = readFileSync(wheel);
    const tampered = Buffer.from(bytes);
    tampered[1000] = (tampered[1000] ?? 0) ^ 1;
    writeFileSync(wheel, tampered);
    const ofWheel = await verify();
    expect(ofWheel.exitCode).toBe(1);
    expect(ofWheel.lines.slice(0, -1)).toEqual([
      expect.stringMatching(
        `^${DIST}/manifest.json: \`files\\[0\\]\\.sha256 \\(${path}\\)\` is recorded as \`${sha256}\`, but is \`[0-9a-f]{64}\`$`,
      ),
      expect.stringMatching(
        `^${REPORTS}/record.json: \`wheel\\[0\\]\\.sha256 \\(${path}\\)\` is recorded as \`${sha256}\`, but`,
      ),
    ]);
    expect(ofWheel.lines.at(-1)).toMatch(/^\d+ checked, 2 wrong$/);
    writeFileSync(wheel, bytes);

    const text = workspace.read(`${DIST}/manifest.json`);
    const key = manifest().elementKey;
    const other = `${key.startsWith('0') ? '1' : '0'}${key.slice(1)}`;
    workspace.write(`${DIST}/manifest.json`, text.replace(key, other));
    const ofManifest = await verify();
    expect(ofManifest).toEqual({
      lines: [
        `${DIST}/manifest.json: \`elementKey\` is recorded as \`${other}\`, but is \`${key}\``,
        expect.stringMatching(/^\d+ checked, 1 wrong$/),
      ],
      exitCode: 1,
    });
    workspace.write(`${DIST}/manifest.json`, text);
    expect((await verify()).exitCode).toBe(0);
  });
});
