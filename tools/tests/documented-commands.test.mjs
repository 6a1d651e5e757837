import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, commandsOf, faultsOf, pages, wordsOf } from '../documented-commands.mjs';

const block = (mark, text, language = 'sh') => `${mark}\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;

test('every block of commands or output in the documentation is run by a test, or says why not', () => {
  assert.deepEqual(faultsOf(pages().flatMap((page) => blocksOf(page))), []);
});

test('blocks are found with their marks, in lists too, and settings are none', () => {
  const page = `${block('<!-- run in dist -->', 'one')}${block('text', '{}', 'json')}
1. In a list:

   <!-- not run: it needs
   a server -->

   \`\`\`
   two
     three
   \`\`\`
`;
  assert.deepEqual(blocksOf('a.md', page), [
    { page: 'a.md', line: 3, text: 'one\n', how: 'run', where: 'dist' },
    { page: 'a.md', line: 17, text: 'two\n  three\n', how: 'never', reason: 'it needs a server' },
  ]);
});

test('a block without a mark, or with one that is not known, is named with its line', () => {
  const page = ['Text', '<!-- runs -->', '<!-- not run: -->', '<!-- run -->\n\nText'].map((mark) => block(mark, 'ls'));
  const fault = 'the block has no mark that says what runs it';
  assert.deepEqual(
    faultsOf(blocksOf('a.md', page.join(''))),
    [3, 8, 13, 20].map((line) => `a.md:${line}: ${fault}`),
  );
});

test('a block that a test runs occurs in that test', () => {
  const tests = { 'x/tests/a.test.ts': "nx(['run', 'app:lock', '--upgrade=flask'])" };
  const faults = (mark, text) =>
    faultsOf(blocksOf('a.md', block(`<!-- run by ${mark} -->`, text)), (path) => tests[path]);
  assert.deepEqual(faults('x/tests/a.test.ts', 'npx nx run my-app:lock --upgrade=django'), []);
  assert.deepEqual(faults('x/tests/a.test.ts', 'npx nx run my-app:test --upgrades'), [
    'a.md:3: x/tests/a.test.ts has no `test`',
    'a.md:3: x/tests/a.test.ts has no `--upgrades`',
  ]);
  assert.deepEqual(faults('x/tests/b.test.ts', 'ls'), ['a.md:3: there is no test `x/tests/b.test.ts`']);
});

test('a block that another page runs is there word for word', () => {
  const blocks = blocksOf('a.md', block('<!-- run by b.md -->', 'ls -l # all\nls -a'));
  const other = blocksOf('b.md', block('<!-- run -->', 'ls -l'));
  assert.deepEqual(faultsOf([...blocks, ...other]), ['a.md:3: b.md does not run `ls -a`']);
});

test('output belongs to a block that is run, or occurs in a test', () => {
  const output = block('<!-- output -->', 'file', '');
  assert.deepEqual(faultsOf(blocksOf('a.md', block('<!-- run -->', 'ls') + output)), []);
  assert.deepEqual(faultsOf(blocksOf('a.md', output)), ['a.md:3: it is the output of no block that is run']);
  const elsewhere = blocksOf('a.md', block('<!-- output of tests/a.mjs -->', 'the file `name` differs', ''));
  assert.deepEqual(
    faultsOf(elsewhere, () => "'file differs'"),
    [],
  );
  assert.deepEqual(
    faultsOf(elsewhere, () => "'files differ'"),
    ['a.md:3: tests/a.mjs has no `file`', 'a.md:3: tests/a.mjs has no `differs`'],
  );
});

test('commands are lines without comments, and found again by their options and subcommands', () => {
  assert.deepEqual(commandsOf('one \\\n  two # three\n\n# four\nfive\n'), ['one two', 'five']);
  assert.deepEqual(wordsOf('npx nx run my-app:stage:test --verbose=true'), ['nx', 'run', 'stage', 'test', '--verbose']);
  assert.deepEqual(wordsOf("npx nx test app -- -k name --name=x --tier trusted 'PACKAGES=./*.tgz'"), [
    ...['nx', 'test', 'app', '-k', 'name', '--name', '--tier'],
  ]);
});
