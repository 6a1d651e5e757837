import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { readReport, type TestReport } from '../../src/reports/junit.js';

const RUNNERS = join(__dirname, '../../src/elements/runners');

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly report?: TestReport;
  readonly text?: string;
}

async function run(runner: string, cwd: string, ...args: readonly string[]): Promise<Ended> {
  const junit = join(cwd, 'junit.xml');
  const words = ['-s', '-B', join(RUNNERS, runner), '--junit-xml', junit, ...args];
  const { status, stdout, stderr } = spawnSync('python3', words, { cwd, encoding: 'utf8' });
  const ended = { code: status, output: stdout + stderr };
  if (!existsSync(junit)) return ended;
  const text = readFileSync(junit, 'utf8');
  return { ...ended, text, report: await readReport(text, 'the report') };
}

function project(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const CASE = 'import unittest\n\nclass SomeTest(unittest.TestCase):\n';

describe('run_unittest.py', () => {
  test('each way a test can end is in the report', async () => {
    const directory = project({
      'tests/test_ends.py':
        `${CASE}    def test_good(self): pass\n` +
        '    def test_wrong(self): self.fail("<no> \\x00 & never")\n' +
        '    def test_error(self): raise OSError("away")\n' +
        '    @unittest.skip("later")\n    def test_skipped(self): pass\n' +
        '    @unittest.expectedFailure\n    def test_expected(self): self.fail()\n' +
        '    @unittest.expectedFailure\n    def test_unexpected(self): pass\n' +
        '    def test_parts(self):\n        for part in 1, 2:\n            with self.subTest(part=part): self.assertEqual(part, 1)\n',
    });
    const { code, report, text } = await run('run_unittest.py', directory);
    expect({ code, report }).toEqual({
      code: 1,
      report: {
        passed: 1,
        failed: 4,
        skipped: 2,
        failures: [
          { name: 'test_ends.SomeTest::test_error', message: 'OSError: away' },
          { name: 'test_ends.SomeTest::test_parts (part=2)', message: 'AssertionError: 2 != 1' },
          { name: 'test_ends.SomeTest::test_unexpected', message: 'unexpected success' },
          { name: 'test_ends.SomeTest::test_wrong', message: 'AssertionError: <no>  & never' },
        ],
      },
    });
    expect(text).toContain('Traceback (most recent call last)');
  });

  test('modules and classes that cannot be set up are failures, too', async () => {
    const directory = project({
      'tests/test_absent.py': 'import no_such_module\n',
      'tests/test_class.py': `${CASE}    @classmethod\n    def setUpClass(cls): raise OSError("no class")\n    def test_it(self): pass\n`,
    });
    const { code, report } = await run('run_unittest.py', directory);
    expect([code, report?.failures]).toEqual([
      1,
      [
        { name: 'unittest.loader._FailedTest::test_absent', message: expect.stringMatching(/^ImportError/) as string },
        { name: 'setUpClass (test_class.SomeTest)', message: 'OSError: no class' },
      ],
    ]);
  });

  test.each([
    [['-k', 'one'], 1],
    [['tests/test_names.py'], 2],
    [['tests.test_names.SomeTest.test_two'], 1],
    [[], 3],
  ])('tests are chosen by %j', async (args, passed) => {
    const directory = project({
      'tests/__init__.py': '',
      'tests/test_names.py': `${CASE}    def test_one(self): pass\n    def test_two(self): pass\n`,
      'test/test_more.py': `${CASE}    def test_three(self): pass\n`,
    });
    const { code, report } = await run('run_unittest.py', directory, ...args);
    expect([code, report]).toEqual([0, { passed, failed: 0, skipped: 0, failures: [] }]);
  });

  test('tests are found in the root, in packages and in other directories, each once, and none among data', async () => {
    const directory = project({
      'beside_test.py': `${CASE}    def test_beside(self): pass\n`,
      'test_root.py': `${CASE}    def test_root(self): pass\n`,
      'polls/__init__.py': '',
      'polls/tests.py': `import polls\nfrom . import models\n${CASE}    def test_polls(self): pass\n`,
      'polls/models.py': '',
      'src/acme/inner/__init__.py': '',
      'src/acme/inner/tests/test_inner.py': `${CASE}    def test_inner(self): pass\n`,
      'checks/deep/check/__init__.py': '',
      'checks/deep/check/test_deep.py': `${CASE}    def test_deep(self): pass\n`,
      'tests/test_usual.py': `${CASE}    def test_usual(self): pass\n`,
      'tests/unit/__init__.py': '',
      'tests/unit/test_unit.py': `${CASE}    def test_unit(self): pass\n`,
      'tests/data/test_data.py': 'raise SystemError("this is data")\n',
    });
    const { code, report, text = '' } = await run('run_unittest.py', directory);
    const names = [...text.matchAll(/name="(test_\w+)"/g)].map(([, name]) => name);
    expect([code, report]).toEqual([0, { passed: 7, failed: 0, skipped: 0, failures: [] }]);
    expect(names.sort()).toEqual([
      ...['test_beside', 'test_deep', 'test_inner', 'test_polls', 'test_root', 'test_unit', 'test_usual'],
    ]);
  });

  test('a module in the root that cannot be imported is a failure', async () => {
    const { code, report } = await run('run_unittest.py', project({ 'test_root.py': 'raise OSError("away")\n' }));
    expect([code, report?.failures]).toEqual([
      1,
      [{ name: 'unittest.case.FunctionTestCase::test_root', message: 'OSError: away' }],
    ]);
  });

  test('without a test it does not pass', async () => {
    const { code, output } = await run('run_unittest.py', project({ 'tests/test_none.py': '' }));
    expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([5, 'no tests ran']);
  });
});

describe('run_command.py', () => {
  test('a command that leaves no report is one test case, with its output', async () => {
    const command = 'printf "<%s>\\n" "$@"; exit 3';
    const { code, output, report, text } = await run(
      'run_command.py',
      project({}),
      '--name',
      'app',
      command,
      '-k',
      'a b',
    );
    expect([code, output]).toEqual([3, '<-k>\n<a b>\n']);
    expect(report).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [{ name: `app::${command}`, message: 'exit code 3' }],
    });
    expect(text).toContain('<system-out>');
  });

  test('arguments follow the command', async () => {
    const { code, output, text } = await run(
      'run_command.py',
      project({}),
      '--name',
      'app',
      'printf "<%s>"',
      '-k',
      'a b',
    );
    expect([code, output]).toEqual([0, '<-k><a b>']);
    expect(text).toContain('<system-out>&lt;-k&gt;&lt;a b&gt;</system-out>');
  });

  test('a report of its own stays as it is', async () => {
    const own = '<testsuite><testcase name="x"/></testsuite>';
    const { code, text } = await run('run_command.py', project({}), '--name', 'app', `echo '${own}' > junit.xml`);
    expect([code, text]).toEqual([0, `${own}\n`]);
  });

  test('a signal that ends it is an exit code', async () => {
    const { code, report } = await run('run_command.py', project({}), '--name', 'app', 'kill -TERM $$');
    expect([code, report?.failures[0]?.message]).toEqual([143, 'exit code 143']);
  });
});

describe('link_packages.py', () => {
  /** Runs it with a site-packages in which the distribution `app` installs these files. */
  function link(directory: string, installed: Readonly<Record<string, string>>, ...packages: readonly string[]): void {
    const record = Object.keys(installed).map((path) => `${path},,\n`);
    const site = project({
      ...installed,
      'app-1.dist-info/METADATA': 'Metadata-Version: 2.1\nName: app\nVersion: 1\n',
      'app-1.dist-info/RECORD': record.join(''),
    });
    const { status, stderr } = spawnSync('python3', ['-B', join(RUNNERS, 'link_packages.py'), 'app', ...packages], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: site },
    });
    expect([status, stderr]).toEqual([0, '']);
  }

  test('tests of a package are among all that the wheel installs of it, and those it ships are its own', () => {
    const directory = project({
      'src/app/tests/test_a.py': 'from the project',
      'src/app/tests/data/a.txt': 'of no wheel',
      'scripts/test_b.py': 'not installed',
    });
    const installed = {
      'app/__init__.py': '',
      'app/tests/__init__.py': '',
      'app/tests/test_a.py': 'from the wheel',
      'app/templates/a.html': 'a template',
    };
    link(directory, installed, 'src/app', 'scripts');
    const text = (path: string): string => readFileSync(join(directory, path), 'utf8');
    expect(text('src/app/tests/test_a.py')).toBe('from the wheel');
    expect(text('src/app/tests/data/a.txt')).toBe('of no wheel');
    expect(text('src/app/templates/a.html')).toBe('a template');
    expect(['src/app/__init__.py', 'src/app/tests/__init__.py'].map(text)).toEqual(['', '']);
    expect(text('scripts/test_b.py')).toBe('not installed');
  });
});
