import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf } from '../soak.mjs';

test('the counts are those of the last line', () => {
  assert.deepEqual(countsOf('1 passed, 9 failed\nmore\n3 passed, 1 failed\n', 1), { passed: 3, failed: 1 });
});

test('a program that says no counts, or that fails without saying why, is a failure', () => {
  assert.deepEqual(countsOf('', 0), { passed: 0, failed: 1 });
  assert.deepEqual(countsOf('Error: nothing', 1), { passed: 0, failed: 1 });
  assert.deepEqual(countsOf('3 passed, 0 failed\n', 1), { passed: 3, failed: 1 });
});
