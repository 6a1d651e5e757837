import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { replaceFile } from '../../src/base/replace-file.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-replace-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('a file is made with its directory, and replaced', () => {
  const path = join(directory, 'a', 'b', 'file');
  replaceFile(path, 'one');
  replaceFile(path, new Uint8Array([0x74, 0x77, 0x6f]), 0o600);
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(directory, 'a', 'b'))).toEqual(['file']);
});

test('what cannot be replaced is unchanged, and nothing is left beside it', () => {
  const path = join(directory, 'taken');
  mkdirSync(path);
  expect(() => {
    replaceFile(path, 'text');
  }).toThrow(/EISDIR|EEXIST|ENOTEMPTY/);
  expect(readdirSync(directory)).toEqual(['taken']);
});

test('a reader never sees a part of it', async () => {
  const path = join(directory, 'file');
  const [first, second] = ['a', 'b'].map((letter) => letter.repeat(1 << 20));
  writeFileSync(path, first ?? '');
  // Reads on a thread of its own for as long as this one writes; tells how many reads found neither text whole.
  const reader = new Worker(
    `const { readFileSync } = require('node:fs');
     const { parentPort, workerData } = require('node:worker_threads');
     let torn = 0, reads = 0, done = false;
     parentPort.once('message', () => (done = true));
     const read = () => {
       const text = readFileSync(workerData, 'latin1');
       reads += 1;
       if (text.length !== 1 << 20 || text[0] !== text[text.length - 1]) torn += 1;
       if (done && reads > 20) parentPort.postMessage({ torn });
       else setImmediate(read);
     };
     read();`,
    { eval: true, workerData: path },
  );
  const answer = new Promise((resolve) => reader.once('message', resolve));
  for (let turn = 0; turn < 100; turn++) replaceFile(path, (turn % 2 === 0 ? second : first) ?? '');
  reader.postMessage('done');
  expect(await answer).toEqual({ torn: 0 });
}, 60_000);
