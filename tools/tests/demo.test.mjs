import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOutcome, readNxOutput } from '../demo.mjs';

const nxOutput = (dependency, target) => `
 NX   Running target build-wheel for project app and 1 task it depends on:

✔  nx run lib:build-wheel${dependency}

> nx run app:build-wheel${target}

2 built, 3 cached, 0 failed

 NX   Successfully ran target build-wheel for project app and 1 task it depends on
`;

test('a build that Nx ran counts as it says', () => {
  const outcome = readNxOutput(nxOutput('  [local cache]', ''));
  assert.deepEqual(outcome, { tasks: 2, fromNx: 1, silent: 0, built: 2, cached: 3, failed: 0 });
  assert.equal(describeOutcome(outcome), "2 built, 3 cached, 0 failed; 1 of 2 tasks from Nx's cache.");
});

test('the old counts of a task that Nx had stored are not counted again', () => {
  const left = '  [existing outputs match the cache, left as is]';
  const outcome = readNxOutput(nxOutput('  [local cache]', left));
  assert.deepEqual(outcome, { tasks: 2, fromNx: 2, silent: 0, built: 0, cached: 0, failed: 0 });
  assert.equal(describeOutcome(outcome), "It was all cached: 2 of 2 tasks from Nx's cache.");
});

test('without the cache of Nx it is all cached only if no element was built', () => {
  const text = '> nx run app:build-wheel\n\n0 built, 9 cached, 0 failed\n';
  assert.equal(
    describeOutcome(readNxOutput(text)),
    "It was all cached: 0 of 1 tasks from Nx's cache, and of the elements 0 built, 9 cached, 0 failed.",
  );
});

test('a task that ran and gave no counts is never called cached', () => {
  const outcome = readNxOutput('> nx run app:build-wheel\n\nsomething\n');
  assert.equal(outcome.silent, 1);
  assert.equal(describeOutcome(outcome), "0 built, 0 cached, 0 failed; 0 of 1 tasks from Nx's cache.");
});

test('no output at all is not called cached', () => {
  assert.equal(describeOutcome(readNxOutput('')), "0 built, 0 cached, 0 failed; 0 of 0 tasks from Nx's cache.");
});
