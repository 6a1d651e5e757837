import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { phasesOf, reportOf, summary } from '../checks/summary.mjs';
import { runsFor } from '../test.mjs';
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

test('the summary adds up reports, tells what came from the cache, and ends with the counts', () => {
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

test('the ratchet of conformance: what is lost, and what is won', () => {
  const judged = judge(['a', 'b [x: y]', 'c', 'd'], ['b [x: y]: order, deps', 'c: reason'], ['a', 'b [x: y]', 'gone']);
  assert.deepEqual(judged, {
    good: ['a', 'd'],
    lost: ['b [x: y]: order, deps', 'gone: there is no such case'],
    won: ['d'],
  });
});
