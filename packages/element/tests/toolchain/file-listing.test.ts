import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileListing } from '../../src/toolchain/file-listing.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wheelhouse-listing-'));
  for (const directory of ['tree/below/__pycache__', 'tree/left [out]*', 'tree/left out']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  const files = [
    'tree/a',
    'tree/new\nline',
    'tree/below/é',
    'tree/below/__pycache__/a.pyc',
    'tree/left [out]*/b',
    'tree/left out/c',
  ];
  for (const file of files) writeFileSync(join(root, file), file);
  chmodSync(join(root, 'tree/a'), 0o4751);
  utimesSync(join(root, 'tree/below/é'), 1, 1_700_000_000.000_25);
  symlinkSync('nowhere', join(root, 'tree/link'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function listing(directories: readonly string[]): FileListing {
  return new FileListing(
    join(root, 'memo/list'),
    directories.map((directory) => join(root, directory)),
    new Set([join(root, 'tree/left [out]*')]),
  );
}

test('what is listed beside a build is what is listed at once', async () => {
  const list = listing(['tree', 'missing']);
  expect(list.read()).toBeUndefined();
  await list.makeInBackground();
  const beside = list.read();
  expect([...(beside?.keys() ?? [])].sort()).toEqual(
    ['tree/a', 'tree/below/é', 'tree/left out/c', 'tree/link', 'tree/new\nline'].map((path) => join(root, path)),
  );
  expect(list.make()).toEqual(beside);
  expect(list.read()).toEqual(beside);
});

test('a content is kept with its file', () => {
  const list = listing(['tree']);
  const files = list.make();
  const [first = ''] = files.keys();
  list.write(files.set(first, { stamp: '1', content: 'read' }));
  expect(list.read()).toEqual(files);
});

test('directories in which nothing is are listed as nothing', async () => {
  const list = listing(['missing']);
  await list.makeInBackground();
  expect(list.read()).toEqual(new Map());
});
