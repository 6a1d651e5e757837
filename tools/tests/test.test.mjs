import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countJest, countNodeTests } from '../checks/counts.mjs';

const report = (...suites) => ({
  numTotalTests: suites.flat().length,
  numPassedTests: suites.flat().filter((status) => status === 'passed').length,
  testResults: suites.map((statuses, index) => ({
    name: `/elsewhere/${index}.test.ts`,
    assertionResults: statuses.map((status) => ({ fullName: `is ${status}`, status })),
  })),
});

test('tests that passed are counted', () => {
  assert.deepEqual(countJest(report(['passed', 'passed']), 0), { passed: 2, failed: 0, reasons: [] });
});

test('a test that failed or was left out is a failure with its name', () => {
  assert.deepEqual(countJest(report(['passed', 'failed', 'pending', 'todo']), 1), {
    passed: 1,
    failed: 3,
    reasons: [
      '/elsewhere/0.test.ts: is failed',
      '/elsewhere/0.test.ts: is pending (pending: it did not run)',
      '/elsewhere/0.test.ts: is todo (todo: it did not run)',
    ],
  });
});

test('a suite that did not run is a failure', () => {
  assert.deepEqual(countJest(report(['passed'], []), 1), {
    passed: 1,
    failed: 1,
    reasons: ['/elsewhere/1.test.ts: the suite did not run, or has no tests'],
  });
});

test('no tests, no report and a bad exit code are failures', () => {
  assert.deepEqual(countJest(report(), 1).reasons, ['there are no tests']);
  assert.deepEqual(countJest(undefined, 137).reasons, ['jest wrote no results (exit code 137)']);
  assert.deepEqual(countJest(report(['passed']), 1), {
    passed: 1,
    failed: 1,
    reasons: ['jest ended with exit code 1'],
  });
});

test("the totals of Node's runner are read from its TAP output", () => {
  const text = 'ok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP\n# pass 1\n# fail 1\n# skipped 1\n# todo 0\n';
  assert.deepEqual(countNodeTests(text, 1), { passed: 1, failed: 2, reasons: ['b', '1 tests were left out'] });
  assert.deepEqual(countNodeTests('', 0).reasons, ['there are no tests']);
});
