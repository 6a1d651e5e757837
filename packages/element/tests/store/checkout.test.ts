import { appendFileSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  captureTree,
  checkoutTree,
  digestOf,
  DiskBlobStore,
  encodeDirectory,
  formatDigest,
  MemoryBlobStore,
  writeBlob,
} from '@wheelhouse/element/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { listing, times } from '../support/listing.js';
import { temporaryPaths } from '../support/temporary.js';
import { makeTreeFixture } from '../support/tree-fixture.js';

const fresh = temporaryPaths();

describe.each([
  ['a disk', () => new DiskBlobStore(fresh())],
  ['memory', () => new MemoryBlobStore()],
])('checkoutTree from %s', (_name, make) => {
  test('what is checked out is what was captured, with modes 644 and 755, with any umask', async () => {
    const blobs = make();
    const directory = fresh();
    makeTreeFixture(directory);
    const tree = await captureTree(blobs, directory, { label: 'fixture' });
    const destination = join(fresh(), 'new', 'directory');
    const before = process.umask(0o077);
    try {
      await checkoutTree(blobs, tree, destination);
    } finally {
      process.umask(before);
    }
    expect(await captureTree(new MemoryBlobStore(), destination, { label: 'copy' })).toEqual(tree);
    const expected = listing(directory);
    for (const [path, mode] of [
      ['./owner-only.sh', '755'],
      ['./others-only.sh', '644'],
    ] as const) {
      const name = path.slice(2);
      expected[name] = expected[name]!.replace(/^file \d+/, `file ${mode}`);
    }
    expect(listing(destination)).toEqual(expected);
  });

  test('files, directories and links have the time asked for', async () => {
    const blobs = make();
    const directory = fresh();
    makeTreeFixture(directory);
    const tree = await captureTree(blobs, directory, { label: 'fixture' });
    const destination = fresh();
    await checkoutTree(blobs, tree, destination, { mtime: 1321009871 });
    expect(times(destination)).toEqual(new Set([1321009871]));
  });

  test('writing to what is checked out does not reach the store', async () => {
    const blobs = make();
    const directory = fresh();
    makeTreeFixture(directory);
    const tree = await captureTree(blobs, directory, { label: 'fixture' });
    const [one, two] = [fresh(), fresh()];
    await checkoutTree(blobs, tree, one);
    for (const name of ['plain.txt', 'tool.sh', 'large.bin', 'large.so', 'empty.txt']) {
      expect(lstatSync(join(one, name)).nlink).toBe(1);
      appendFileSync(join(one, name), 'changed');
    }
    await checkoutTree(blobs, tree, two);
    expect(await captureTree(new MemoryBlobStore(), two, { label: 'copy' })).toEqual(tree);
  });

  test('an existing directory is filled, and no file in it is replaced', async () => {
    const blobs = make();
    const file = { name: 'f', digest: await writeBlob(blobs, 'new'), isExecutable: false };
    const child = await writeBlob(blobs, encodeDirectory({ files: [file], directories: [], symlinks: [] }));
    const tree = await writeBlob(
      blobs,
      encodeDirectory({ files: [], directories: [{ name: 'd', digest: child }], symlinks: [] }),
    );
    const destination = fresh();
    mkdirSync(join(destination, 'd'), { recursive: true });
    await checkoutTree(blobs, tree, destination);
    expect(readFileSync(join(destination, 'd', 'f'), 'utf8')).toBe('new');
    await expect(checkoutTree(blobs, tree, destination)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('a tree leads nowhere but into its destination', async () => {
    const blobs = make();
    const file = { name: '../escaped', digest: await writeBlob(blobs, 'x'), isExecutable: false };
    const up = await writeBlob(blobs, encodeDirectory({ files: [file], directories: [], symlinks: [] }));
    await expect(checkoutTree(blobs, up, fresh())).rejects.toMatchObject({
      code: 'STORE',
      message: `the directory \`${formatDigest(up)}\` has an entry named \`../escaped\``,
      hint: 'the tree was not made by Wheelhouse, or the store it came from is damaged',
    });
    const outside = fresh();
    mkdirSync(outside);
    const harmless = await writeBlob(
      blobs,
      encodeDirectory({ files: [{ ...file, name: 'f' }], directories: [], symlinks: [] }),
    );
    const double = await writeBlob(
      blobs,
      encodeDirectory({
        files: [],
        directories: [{ name: 'd', digest: harmless }],
        symlinks: [{ name: 'd', target: outside }],
      }),
    );
    await expect(checkoutTree(blobs, double, fresh())).rejects.toMatchObject({ code: 'EEXIST' });
    expect(Object.keys(listing(outside))).toEqual(['.']);
    const destination = fresh();
    symlinkSync(outside, destination);
    await checkoutTree(blobs, harmless, destination);
    expect(Object.keys(listing(outside))).toEqual(['.', 'f']);
  });

  test.each([10, 500_000])('a file of %d bytes whose blob is missing is said so', async (size) => {
    const blobs = make();
    const digest = digestOf(someBytes(size, 99));
    const files = [{ name: 'f', digest, isExecutable: false }];
    const tree = await writeBlob(blobs, encodeDirectory({ files, directories: [], symlinks: [] }));
    await expect(checkoutTree(blobs, tree, fresh())).rejects.toMatchObject({
      code: 'STORE',
      message: `the store does not have the blob \`${formatDigest(digest)}\``,
    });
  });
});
