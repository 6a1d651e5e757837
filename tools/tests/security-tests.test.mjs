import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PAGE, securityTests, select, titleText } from '../security-tests.mjs';

test('the page is what the titles of the tests make it', async () => {
  assert.equal(readFileSync(PAGE, 'utf8'), await securityTests(), 'run `node tools/security-tests.mjs --write`');
});

test('an attack whose tests have gone is an error', () => {
  const titles = new Map([['a.test.ts', ['lengths are kept to', 'paths']]]);
  assert.deepEqual(select({ 'a.test.ts': /^lengths/ }, titles), [
    { file: 'a.test.ts', titles: ['lengths are kept to'] },
  ]);
  assert.throws(() => select({ 'a.test.ts': /^smuggling/ }, titles), /no test of a\.test\.ts/);
  assert.throws(() => select({ 'b.test.ts': /^lengths/ }, titles), /no test of b\.test\.ts/);
});

test('a title is one line of text', () => {
  assert.equal(titleText('a\nb `c` <d> "e"\0'), 'a\\\\nb \\`c\\` \\<d\\> "e"\\\\u0000');
  assert.equal(titleText('x'.repeat(200)).length, 181);
});
