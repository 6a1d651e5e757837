import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, TestRecord } from '@wheelhouse/python-stage/wheelhouse';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { ordinaryUser, runProgram, runWell, type Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

const SNAPSHOT = 'app/tests/__snapshots__/test_app.ambr';

let base: string;
let workspace: Workspace;

/** What a run of `wheelhouse` said and how it ended. */
async function wheelhouse(
  ...words: readonly string[]
): Promise<{ readonly lines: string[]; readonly code: number | null }> {
  const { stdout, stderr, exitCode } = await workspace.wheelhouse(words);
  return { lines: `${stdout}${stderr}`.trimEnd().split('\n'), code: exitCode };
}

function record(project: string): TestRecord | undefined {
  const path = `reports/${project}/record.json`;
  return existsSync(workspace.path(path)) ? (JSON.parse(workspace.read(path)) as TestRecord) : undefined;
}

function report(project: string, name: string): string {
  return workspace.read(`reports/${project}/${name}.xml`);
}

function measured(project: string): string[] {
  return [...report(project, 'coverage').matchAll(/ filename="([^"]*)"/g)].map((match) => match[1] ?? '').sort();
}

function configure(options: Readonly<Record<string, unknown>>): void {
  const plugin = { plugin: '@wheelhouse/build', options: { python: '/usr/bin/python3', ...options } };
  workspace.write('nx.json', JSON.stringify({ neverConnectToCloud: true, analytics: false, plugins: [plugin] }));
}

/** A program of an environment, run elsewhere and without this process's environment. */
async function inVenv(program: string, ...words: readonly string[]): Promise<Ended> {
  return await runProgram([workspace.path(`app/.venv/bin/${program}`), ...words], { cwd: base, env: {} });
}

async function python(code: string): Promise<string> {
  const { stdout, stderr, exitCode } = await inVenv('python', '-c', code);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trimEnd();
}

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'wheelhouse-testing-')));
  chmodSync(base, 0o755);
  const source = join(REPOSITORY, 'e2e', 'fixtures', 'testing');
  workspace = new Workspace({ base, source, parts: ['app', 'plain', 'nx.json'] });
});

afterAll(() => {
  removeTree(base);
});

beforeEach(() => {
  workspace.restore();
});

describe('tests', () => {
  test('of a project whose lock holds no pytest are run by unittest, with reports and a record', async () => {
    const { lines, code } = await wheelhouse('test', 'plain');
    expect([code, ...lines.slice(-3)]).toEqual([
      0,
      'tests: 2 passed, 0 failed, 2 skipped',
      'reports: reports/plain',
      expect.stringMatching(/^\d+ built, \d+ cached, 0 failed$/),
    ]);
    expect(record('plain')).toMatchObject({ passed: 2, failed: 0, skipped: 2, hermetic: true });
    expect(measured('plain')).toEqual(['plain/src/plain/__init__.py']);
    expect(report('plain', 'coverage')).toContain('<source>.</source>');
  });

  test('that fail are named, with the end of the log, and the command ends with 2', async () => {
    workspace.write('plain/tests/broken', '');
    const { lines, code } = await wheelhouse('test', 'plain');
    expect(code).toBe(2);
    expect(lines).toContain('           | FAILED (failures=1, skipped=1)');
    expect(lines.slice(-4)).toEqual([
      'failed test: test_count.CountTest::test_broken: AssertionError: 1 != 2 : two & <more>',
      'tests: 2 passed, 1 failed, 1 skipped',
      'reports: reports/plain',
      expect.stringMatching(/, 1 failed$/),
    ]);
    expect(record('plain')).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
  });

  test('that are a command have a report of one case, or the one that the command wrote', async () => {
    configure({ test: { command: 'sh tests/check.sh one two' } });
    const { lines, code } = await wheelhouse('test', 'plain');
    expect([code, lines.at(-3)]).toEqual([0, 'tests: 1 passed, 0 failed, 0 skipped']);
    expect(report('plain', 'junit')).toContain('<system-out>2 words\n</system-out>');
    expect(record('plain')).toMatchObject({ passed: 1, failed: 0 });
    expect(existsSync(workspace.path('reports/plain/coverage.xml'))).toBe(false);

    workspace.write('plain/tests/wanted', '<testsuite><testcase name="a"/><testcase name="b"/></testsuite>');
    expect((await wheelhouse('test', 'plain')).lines).toContain('tests: 2 passed, 0 failed, 0 skipped');

    // The command fails, and its report does not say so: that is no pass on record.
    workspace.write('plain/tests/broken', '');
    const failed = await wheelhouse('test', 'plain');
    expect([failed.code, failed.lines.at(-2)]).toEqual([2, 'no record: the run failed']);
    expect(record('plain')).toBeUndefined();
  });

  test('with arguments are a partial run, which is on no record', async () => {
    const whole = await wheelhouse('test', 'plain');
    expect([whole.code, whole.lines.at(-3)]).toEqual([0, 'tests: 2 passed, 0 failed, 2 skipped']);
    expect(record('plain')).toMatchObject({ passed: 2 });
    const { lines, code } = await wheelhouse('test', 'plain', '--', '-k', 'words_are');
    expect([code, ...lines.slice(-4, -1)]).toEqual([
      0,
      'tests: 1 passed, 0 failed, 0 skipped',
      'reports: reports/plain',
      'no record: this was not a run of all tests',
    ]);
    expect(record('plain')).toBeUndefined();
    await wheelhouse('test', 'plain');
    expect(record('plain')).toMatchObject({ passed: 2 });
  });

  test('in packages or in the root run with everything that the wheel installs, whether it ships them or not', async () => {
    const isInstalled = (module: string): string => `os.path.realpath(${module}.__file__).startswith("/venv/")`;
    workspace.write('plain/src/plain/tests/__init__.py', '');
    workspace.write(
      'plain/src/plain/tests/test_shipped.py',
      'import os, unittest\nfrom .. import count\nimport plain\n\n\nclass Shipped(unittest.TestCase):\n' +
        `    def test_shipped(self):\n        self.assertTrue(${isInstalled('plain')} and count("a b") == 2)\n`,
    );
    workspace.write(
      'plain/root_test.py',
      'import unittest\n\n\nclass Root(unittest.TestCase):\n    def test_root(self):\n        import plain\n',
    );
    workspace.write('app/app/tests/__init__.py', '');
    workspace.write('app/app/tests/data.txt', 'of no wheel');
    workspace.write(
      'app/app/tests/test_left_out.py',
      'import os\nfrom pathlib import Path\n\nfrom .. import _native, _version\n\n\ndef test_left_out():\n' +
        `    assert ${isInstalled('_version')} and _native.twice(2) == 4\n` +
        '    assert Path(__file__).resolve().with_name("data.txt").read_text() == "of no wheel"\n',
    );
    expect((await wheelhouse('test', 'plain')).lines).toContain('tests: 4 passed, 0 failed, 2 skipped');
    expect(report('plain', 'junit')).toContain('classname="plain.tests.test_shipped.Shipped"');
    expect((await wheelhouse('test', 'app')).lines).toContain('tests: 4 passed, 0 failed, 0 skipped');
    const chosen = await wheelhouse('test', 'app', '--', 'app/tests/test_left_out.py::test_left_out', '-n', '1');
    expect(chosen.lines).toContain('tests: 1 passed, 0 failed, 0 skipped');
  });

  test('take arguments through Nx, which keeps such a run apart from the whole one', async () => {
    const run = async (...words: readonly string[]): Promise<{ fromNx: boolean; tests: string | undefined }> => {
      const ended = await workspace.nx(['run', 'app:test', '--output-style=static', ...words]);
      expect([ended.exitCode, ended.stderr]).toEqual([0, '']);
      const lines = ended.stdout.split('\n');
      return {
        fromNx: lines.some((line) => /nx run app:test.* {2}\[local cache\]$/.test(line)),
        tests: lines.findLast((line) => line.startsWith('tests: ')),
      };
    };
    expect(await run()).toEqual({ fromNx: false, tests: 'tests: 3 passed, 0 failed, 0 skipped' });
    const whole = record('app');
    expect(measured('app')).toEqual([expect.stringMatching(/^\/venv\/.*\/app\/_version\.py$/), 'app/app/__init__.py']);
    expect(whole?.wheel).toEqual((JSON.parse(workspace.read('dist/app/manifest.json')) as Manifest).files[0]);

    expect(await run('--', '-n', '2', '-k', 'twice or greeting')).toMatchObject({
      tests: 'tests: 2 passed, 0 failed, 0 skipped',
    });
    expect(record('app')).toBeUndefined();
    expect(await run('--args=-k "twice or greeting"')).toMatchObject({ tests: 'tests: 2 passed, 0 failed, 0 skipped' });
    expect(await run()).toEqual({ fromNx: true, tests: 'tests: 3 passed, 0 failed, 0 skipped' });
    expect(record('app')).toEqual(whole);
  });

  test('write nothing into the project unless they are asked to, and then below their directories alone', async () => {
    const before = workspace.read(SNAPSHOT);
    workspace.edit('app/app/__init__.py', '_native.twice(plain.count(text))', '_native.twice(plain.count(text) + 1)');
    workspace.write(
      'app/tests/test_writing.py',
      'from pathlib import Path\n\n\ndef test_writing():\n' +
        '    Path("pyproject.toml").write_text("")\n    Path("tests/written.txt").write_text("new")\n',
    );
    const failed = await wheelhouse('test', 'app');
    expect([failed.code, workspace.read(SNAPSHOT)]).toEqual([2, before]);
    expect(existsSync(workspace.path('app/tests/written.txt'))).toBe(false);

    const update = async (): Promise<string[]> => {
      const { stdout, exitCode } = await workspace.nx([
        'run',
        'app:test',
        '--updateSnapshots',
        '--output-style=static',
      ]);
      expect(exitCode).toBe(0);
      return stdout.split('\n').filter((line) => /^(wrote|removed|tests:|no record:|the snapshot files)/.test(line));
    };
    const written = [
      `wrote ${SNAPSHOT}`,
      'wrote app/tests/written.txt',
      'tests: 4 passed, 0 failed, 0 skipped',
      'no record: this was not a run of all tests',
    ];
    expect(await update()).toEqual(written);
    expect(workspace.read(SNAPSHOT)).toBe(before.replace("'twice': 4", "'twice': 6"));
    expect(workspace.read('app/pyproject.toml')).toContain('name = "app"');

    // With everything as it was, Nx has such a run in its cache; to replay it would write nothing.
    workspace.write(SNAPSHOT, before);
    workspace.remove('app/tests/written.txt');
    expect(await update()).toEqual(written);
    expect((await wheelhouse('test', 'app')).code).toBe(0);
  });
});

describe('a development environment', () => {
  beforeAll(async () => {
    workspace.restore();
    const { lines, code } = await wheelhouse('venv', 'app');
    expect([code, ...lines.slice(-4, -1)]).toEqual([
      0,
      expect.stringMatching(
        /^of app, built files are not updated until the next run: app\/_native\.\S+\.so, app\/_version\.py$/,
      ),
      'environment: app/.venv',
      '11 distributions installed, editable: app, plain',
    ]);
  });

  test('imports projects from their sources, with what was built for them beside these', async () => {
    const code =
      'import app, plain, app._native as n; print(app.__file__, plain.__file__, n.__file__, app.describe("a b"), sep="\\n")';
    expect((await python(code)).split('\n')).toEqual([
      workspace.path('app/app/__init__.py'),
      workspace.path('plain/src/plain/__init__.py'),
      expect.stringMatching(/\/app\/\.venv\/lib\/python3\.\d+\/site-packages\/app\/_native\..*\.so$/),
      "{'words': '2', 'twice': 4, 'by': '1.0.0'}",
    ]);
  });

  test('sees a change of a source at once, also of a local dependency', async () => {
    workspace.edit('app/app/data/greeting.txt', 'Hello', 'Good day');
    workspace.edit('plain/src/plain/__init__.py', 'return len(', 'return 40 + len(');
    expect(await python('import app, plain; print(app.greeting("you"), plain.count("a b"))')).toBe('Good day you! 42');
    expect(await inVenv('app', 'you')).toEqual({ exitCode: 0, stdout: 'Good day you!\n', stderr: '' });
  });

  test('is complete and consistent', async () => {
    const code = `
from importlib import metadata
from json import loads
from os import sys
for each in metadata.distributions():
    for file in each.files:
        assert file.locate().exists(), file
    for requirement in each.requires or ():
        name, _, marker = requirement.partition(";")
        if not marker:
            metadata.version(name.split("=")[0].split(">")[0].split("<")[0].split("[")[0].split("!")[0].split("~")[0].strip())
print(loads(metadata.distribution("app").read_text("direct_url.json")), sys.prefix, sys.prefix != sys.base_prefix)
`;
    expect(await python(code)).toBe(
      `{'dir_info': {'editable': True}, 'url': 'file://${workspace.path('app')}'} ${workspace.path('app/.venv')} True`,
    );
    const activate = `. app/.venv/bin/activate && command -v python && printf '%s\\n' "$VIRTUAL_ENV" && deactivate`;
    expect((await workspace.run(['sh', '-c', activate])).stdout).toBe(
      `${workspace.path('app/.venv/bin/python')}\n${workspace.path('app/.venv')}\n`,
    );
  });

  test('runs the tests on the sources', async () => {
    const { stdout, exitCode } = await workspace.run([
      ...['sh', '-c', 'cd app && .venv/bin/pytest -q -p no:cacheprovider'],
    ]);
    expect([exitCode, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/^3 passed in /)]);
  });

  test('stays as it is while nothing in it would change, also when sources do', async () => {
    const made = lstatSync(workspace.path('app/.venv')).ino;
    workspace.edit('app/app/__init__.py', '"""Greets."""', '"""Greets people."""');
    const { lines, code } = await wheelhouse('venv', 'app');
    expect([code, ...lines.slice(-3, -1)]).toEqual([
      0,
      'environment: app/.venv (up to date)',
      '11 distributions installed, editable: app, plain',
    ]);
    expect(lstatSync(workspace.path('app/.venv')).ino).toBe(made);
    const again = await workspace.nx(['run', 'app:venv', '--output-style=static']);
    expect(again.stdout).toContain('environment: app/.venv (up to date)\n');
  });

  test('is not a source of the project, and git ignores it', async () => {
    const { stdout } = await workspace.run(['git', 'status', '--porcelain', '--untracked-files=all']);
    expect(stdout).toBe('');
    expect((await workspace.run(['git', 'check-ignore', 'app/.venv/bin/python'])).exitCode).toBe(0);
  });

  test('is exchanged whole when something compiled changes', async () => {
    const made = lstatSync(workspace.path('app/.venv')).ino;
    workspace.edit('app/app/native.c', '2 * number', '5 * number');
    expect((await wheelhouse('venv', 'app')).lines).toContain('environment: app/.venv');
    expect(lstatSync(workspace.path('app/.venv')).ino).not.toBe(made);
    expect(await python('from app import _native; print(_native.twice(2))')).toBe('10');
    expect(readdirSync(workspace.path('app')).filter((name) => name.startsWith('.'))).toEqual(['.venv']);
  });

  test('that was not made here is left alone', async () => {
    workspace.write('plain/env/pyvenv.cfg', 'home = /usr/bin\n');
    expect(await wheelhouse('venv', 'plain', '--path', 'env')).toEqual({
      lines: [
        `\`${workspace.path('plain/env')}\` already exists, and is not an environment made by Wheelhouse`,
        'hint: remove it, or choose another directory with the option `path`',
      ],
      code: 1,
    });
    expect(workspace.read('plain/env/pyvenv.cfg')).toBe('home = /usr/bin\n');
  });

  test('is made by an ordinary user without a network, from the snapshot, with what a configuration says', async () => {
    const { exitCode } = await workspace.nx(['run', 'app:snapshot', '--output-style=static']);
    expect(exitCode).toBe(0);
    const home = join(base, 'ordinary');
    const prefix = ordinaryUser();
    await runWell(['install', '-d', '-o', prefix.join(' ').replace(/.*reuid=(\d+).*/, '$1'), home], {
      cwd: base,
      env: process.env,
    });
    const copy = join(home, 'workspace');
    const script = 'cp -R --no-preserve=ownership "$1" "$2" && rm -rf "$2/app/.venv" && git -C "$2" init --quiet';
    const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, WHEELHOUSE_CACHE_DIR: join(home, 'store') };
    await runWell([...prefix, 'sh', '-c', script, 'sh', workspace.directory, copy], { cwd: '/', env: environment });
    await runWell(
      [
        ...prefix,
        'sh',
        '-c',
        'echo \'{"targets":{"venv":{"options":{"path":"env"}}}}\' > "$1"',
        'sh',
        join(copy, 'app', 'project.json'),
      ],
      { cwd: '/', env: environment },
    );
    const node = existsSync(join(base, 'installation', 'bin', 'node'))
      ? join(base, 'installation', 'bin', 'node')
      : process.execPath;
    const program = join(base, 'installation', 'node_modules', '@wheelhouse', 'build', 'bin', 'wheelhouse.js');
    const words = [...prefix, 'unshare', '--map-root-user', '--net', node, program, 'venv', 'app'];
    const { stdout } = await runWell(words, { cwd: copy, env: environment });
    expect(stdout).toContain('environment: app/env\n');
    const app = [...prefix, join(copy, 'app', 'env', 'bin', 'app'), 'you'];
    expect((await runWell(app, { cwd: '/', env: environment })).stdout).toBe('Hello you!\n');
    expect(statSync(join(copy, 'app', 'env')).uid).not.toBe(0);
  });
});
