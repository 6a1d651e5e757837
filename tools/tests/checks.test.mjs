import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { runsFor } from '../checks/nx-runs.mjs';
import { phasesOf, reportOf, summary } from '../checks/summary.mjs';
import { checks, compilerErrors, ownerOf } from '../checks/together.mjs';
import { judge } from '../conformance/run.mjs';
import { root } from '../workspace.mjs';

const require = createRequire(import.meta.url);
const { createNodes } = require('../checks/targets.cjs');
const LongestFirst = require('../checks/longest-first.cjs');

function targets(file) {
  const [[, { projects }]] = createNodes[1]([file], undefined, { workspaceRoot: root });
  return Object.values(projects)[0].targets;
}

test('every package has its checks, and names of phases are not those of packages', () => {
  for (const name of readdirSync(join(root, 'packages'))) {
    if (!existsSync(join(root, 'packages', name, 'project.json'))) continue;
    const found = targets(`packages/${name}/project.json`);
    assert.deepEqual(Object.keys(found), ['build', 'lint', 'typecheck', 'test']);
    assert.deepEqual(found.test.outputs, [`{workspaceRoot}/reports/tests/${name}/test.json`]);
    assert.ok(!['format', 'lint', 'typecheck', 'conformance', 'e2e', 'tools'].includes(name));
  }
});

test('every file of e2e is a target, and `test` is all of them', () => {
  const files = readdirSync(join(root, 'e2e', 'tests')).filter((file) => file.endsWith('.test.ts'));
  const names = files.map((file) => `test:${file.slice(0, -'.test.ts'.length)}`);
  const found = targets('e2e/project.json');
  assert.deepEqual([...found.test.dependsOn].sort(), names.sort());
  for (const name of names) assert.ok(found[name].inputs.some((input) => input.projects?.includes('element')));
});

test('a file of e2e is about the shared cache only where it names it', () => {
  const found = targets('e2e/project.json');
  const usesCache = (name) => found[name].inputs.some((input) => input.projects?.includes('cache'));
  assert.equal(usesCache('test:pages'), true);
  assert.equal(usesCache('test:example'), false);
});

test('what took longest is started first', () => {
  const files = Object.keys(JSON.parse(readFileSync(join(root, 'tools', 'checks', 'times.json'), 'utf8')));
  const known = files.filter((file) => existsSync(join(root, file)) && file.startsWith('packages/'));
  const { secondsOf } = require('../checks/kept-times.cjs');
  const sorted = new LongestFirst({}).sort(known.map((file) => ({ path: join(root, file) })));
  const seconds = sorted.map(({ path }) => secondsOf(path.slice(root.length + 1)));
  assert.ok(seconds.length > 5);
  assert.deepEqual(
    seconds,
    [...seconds].sort((a, b) => b - a),
  );
});

const result = (passed, seconds, more = {}) => ({
  passed,
  failed: 0,
  reasons: [],
  started: 100,
  seconds,
  files: {},
  ...more,
});

test('the summary adds up reports, shows what came from the cache, and ends with the counts', () => {
  const reports = {
    'python:lint': result(1, 4, { started: 5 }),
    'element:lint': result(0, 6, { failed: 1, reasons: ['exit code 1'] }),
    'python:test': result(40, 30, {
      files: { 'packages/python/tests/a.test.ts': 20, 'packages/python/tests/b.test.ts': 9 },
    }),
    'e2e:test:example': result(3, 2, { failed: 1, reasons: ['e2e/tests/example.test.ts: it works'] }),
  };
  const phases = phasesOf([...Object.keys(reports), 'e2e:test:gone'], (task) => reports[task], 50);
  assert.deepEqual(summary(phases), [
    'slowest test files:',
    '     20.0 s  packages/python/tests/a.test.ts',
    '      9.0 s  packages/python/tests/b.test.ts',
    '',
    'lint              1 passed    1 failed       6.0 s  1 of 2 from the cache',
    '             - element:lint: exit code 1',
    'python           40 passed    0 failed      30.0 s',
    'e2e               3 passed    2 failed       2.0 s',
    '             - e2e/tests/example.test.ts: it works',
    '             - e2e:test:gone did not run to its end',
    '44 passed, 3 failed',
  ]);
  assert.equal(reportOf('e2e:test:example'), 'reports/tests/e2e/test-example.json');
});

test('--only runs the targets of some phases', () => {
  const tasks = [
    'element:build',
    'element:lint',
    'python:lint',
    'python:test',
    'e2e:test:a',
    'e2e:test',
    'tools:format',
  ];
  assert.deepEqual(runsFor(tasks, ['lint', 'e2e']), [
    ['run-many', '--targets=lint', '--projects=element,python'],
    ['run-many', '--targets=test', '--projects=e2e'],
  ]);
});

const inputs = {
  'python:lint': { paths: ['packages/python'], report: 'a.json' },
  'python-lock:lint': { paths: ['packages/python-lock'], report: 'b.json' },
  'tools:lint': { paths: ['tools', 'jest.preset.cjs'], report: 'c.json' },
};

test('a file belongs to the task whose path holds it', () => {
  const owners = ['packages/python-lock/src/a.ts', 'packages/python/src/a.ts', 'jest.preset.cjs', 'README.md'];
  assert.deepEqual(
    owners.map((file) => ownerOf(inputs, file)),
    ['python-lock:lint', 'python:lint', 'tools:lint', undefined],
  );
});

test("the compiler's errors are those of the task whose file they name, with the lines that follow", () => {
  const tasks = {
    'python:typecheck': { paths: ['packages/python/tsconfig.spec.json'], report: 'a.json' },
    'e2e:typecheck': { paths: ['e2e'], report: 'b.json' },
  };
  const text = [
    "packages/python/src/a.ts(1,2): error TS2322: Type 'number' is not assignable to type 'string'.",
    "  Type 'number' is no string.",
    '',
  ].join('\n');
  assert.deepEqual(compilerErrors(tasks, text, 1), new Map([['python:typecheck', text]]));
  assert.deepEqual(compilerErrors(tasks, text, 0), new Map());
  const general = "error TS5083: Cannot read file 'tsconfig.json'.\n";
  assert.deepEqual(
    compilerErrors(tasks, general, 1),
    new Map([
      ['python:typecheck', general],
      ['e2e:typecheck', general],
    ]),
  );
  assert.deepEqual([...compilerErrors(tasks, '', 3).values()], ['tsc: exit code 3\n', 'tsc: exit code 3\n']);
});

test('one process lints several projects, and says of each what is wrong with it', async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'wheelhouse-lint-test-')));
  try {
    mkdirSync(join(directory, 'bad'));
    writeFileSync(join(directory, 'eslint.config.mjs'), "export default [{ rules: { eqeqeq: 'error' } }];\n");
    writeFileSync(join(directory, 'bad', 'one.mjs'), 'if (1 == 2) throw new Error();\n');
    writeFileSync(join(directory, 'good.mjs'), '');
    const at = (name) => join(directory, 'reports', `${name}.json`);
    const inputs = Object.fromEntries(['bad', 'good.mjs'].map((name) => [name, { paths: [name], report: at(name) }]));
    const outcomes = await checks.lint(inputs, directory);
    assert.equal(outcomes['good.mjs'].success, true);
    assert.equal(outcomes['good.mjs'].terminalOutput, '');
    assert.equal(outcomes.bad.success, false);
    assert.match(outcomes.bad.terminalOutput, /one\.mjs\n +1:7 +error +Expected '===' and instead saw '==' +eqeqeq\n/);
    const read = (name) => JSON.parse(readFileSync(at(name), 'utf8'));
    assert.deepEqual([read('good.mjs').passed, read('good.mjs').failed], [1, 0]);
    assert.deepEqual(read('bad').reasons, ['its errors are above']);

    writeFileSync(join(directory, 'eslint.config.mjs'), 'throw new Error();\n');
    const stopped = await checks.lint(inputs, directory);
    assert.deepEqual(
      Object.values(stopped).map(({ success, terminalOutput }) => [success, terminalOutput]),
      [
        [false, 'eslint: exit code 2\n'],
        [false, 'eslint: exit code 2\n'],
      ],
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('the ratchet of conformance: what is lost, and what is won', () => {
  const judged = judge(['a', 'b [x: y]', 'c', 'd'], ['b [x: y]: order, deps', 'c: reason'], ['a', 'b [x: y]', 'gone']);
  assert.deepEqual(judged, {
    good: ['a', 'd'],
    lost: ['b [x: y]: order, deps', 'gone: there is no such case'],
    won: ['d'],
  });
});
