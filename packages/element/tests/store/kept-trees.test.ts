import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Digest } from '@wheelhouse/element';
import {
  captureTree,
  digestOf,
  DiskBlobStore,
  emptyTree,
  formatDigest,
  KeptTrees,
  lockFile,
  MemoryBlobStore,
  TREE_MTIME,
  writeBlob,
  writeTree,
} from '@wheelhouse/element/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { startChild } from '../support/child.js';
import { listing, times } from '../support/listing.js';
import { temporaryPaths } from '../support/temporary.js';
import { makeTreeFixture } from '../support/tree-fixture.js';

const fresh = temporaryPaths();

async function withFixture(): Promise<{ store: string; blobs: DiskBlobStore; trees: KeptTrees; tree: Digest }> {
  const [store, directory] = [fresh(), fresh()];
  makeTreeFixture(directory);
  const blobs = new DiskBlobStore(store);
  const tree = await captureTree(blobs, directory, { label: 'fixture' });
  return { store, blobs, trees: new KeptTrees(store, blobs), tree };
}

async function smallTree(blobs: DiskBlobStore, content: string): Promise<Digest> {
  const tree = emptyTree();
  tree.files.set('f', { name: 'f', digest: await writeBlob(blobs, content), isExecutable: false });
  return await writeTree(blobs, tree);
}

describe('KeptTrees', () => {
  test('a kept tree is what was captured, with modes 644 and 755 and the one time', async () => {
    const { store, blobs, trees, tree } = await withFixture();
    const before = process.umask(0o077);
    const lease = await trees.acquire(tree);
    process.umask(before);
    expect(lease.path).toBe(join(store, 'trees', tree.hash));
    expect(await captureTree(new MemoryBlobStore(), lease.path, { label: 'copy' })).toEqual(tree);
    expect(times(lease.path)).toEqual(new Set([TREE_MTIME]));
    const modes = Object.values(listing(lease.path)).map((entry) => entry.split(' ').slice(0, 2).join(' '));
    expect(new Set(modes.filter((mode) => !mode.startsWith('link')))).toEqual(
      new Set(['directory 755', 'file 644', 'file 755']),
    );
    expect(readdirSync(join(store, 'tmp'))).toEqual([]);
    expect(blobs.pathOf(tree)).toContain(store);
    await lease.release();
  });

  test('large files are links to their blobs; executables, small files and repeats are copies', async () => {
    const { blobs, trees, tree } = await withFixture();
    const lease = await trees.acquire(tree);
    const inode = (path: string): number => lstatSync(path).ino;
    const large = blobs.pathOf(digestOf(readFileSync(join(lease.path, 'large.bin'))));
    const both = ['large.bin', 'nested/large-again.bin'].map((name) => inode(join(lease.path, name)));
    expect(both.filter((one) => one === inode(large))).toHaveLength(1);
    expect(statSync(large).nlink).toBe(2);
    for (const name of ['large.so', 'plain.txt', 'tool.sh', 'empty.txt']) {
      expect(lstatSync(join(lease.path, name)).nlink).toBe(1);
    }
    await lease.release();
  });

  test('a blob that has all the links its file system allows is copied', async () => {
    const store = fresh();
    const blobs = new DiskBlobStore(store);
    const bytes = someBytes(100_000, 1);
    const digest = await writeBlob(blobs, bytes);
    const trees = new KeptTrees(store, blobs);
    const { linkSync, mkdirSync } = await import('node:fs');
    const links = fresh();
    mkdirSync(links);
    let count = 1;
    // ext4: 65,000. Where the file system allows more, the copy is not needed either.
    try {
      for (; count < 65_100; count++) linkSync(blobs.pathOf(digest), join(links, String(count)));
    } catch (error) {
      expect(error).toMatchObject({ code: 'EMLINK' });
    }
    const tree = emptyTree();
    tree.files.set('f', { name: 'f', digest, isExecutable: false });
    const lease = await trees.acquire(await writeTree(blobs, tree));
    const made = lstatSync(join(lease.path, 'f'));
    expect(made.nlink).toBe(count >= 65_100 ? count + 1 : 1);
    expect(digestOf(readFileSync(join(lease.path, 'f')))).toEqual(digest);
    expect(times(lease.path)).toEqual(new Set([TREE_MTIME]));
    await lease.release();
    rmSync(links, { recursive: true });
  });

  test('a tree is made once, and found by the next', async () => {
    const { blobs, store, trees, tree } = await withFixture();
    const lease = await trees.acquire(tree);
    const { ino } = statSync(lease.path);
    const leases = await Promise.all([1, 2, 3].map(() => trees.acquire(tree)));
    const other = await new KeptTrees(store, blobs).acquire(tree);
    expect(statSync(other.path).ino).toBe(ino);
    for (const one of [lease, ...leases, other]) await one.release();
  });

  test('a lease is a shared lock on the file beside the tree, until the last one is released', async () => {
    const { trees, tree } = await withFixture();
    const [one, two] = await Promise.all([trees.acquire(tree), trees.acquire(tree)]);
    const lock = `${one.path}.lock`;
    const three = await trees.acquire(tree);
    await one.release();
    await one.release();
    expect(await lockFile(lock, { wait: false })).toBeUndefined();
    await two.release();
    expect(await lockFile(lock, { wait: false })).toBeUndefined();
    await three.release();
    const removal = await lockFile(lock, { wait: false });
    expect(removal).toBeDefined();
    rmSync(one.path, { recursive: true });
    // Who comes while the tree is removed waits, and makes it again.
    const waiting = trees.acquire(tree);
    await removal?.release();
    const again = await waiting;
    expect(await captureTree(new MemoryBlobStore(), again.path, { label: 'copy' })).toEqual(tree);
    await again.release();
  });

  test('many leases at once are held by few processes', async () => {
    const store = fresh();
    const blobs = new DiskBlobStore(store);
    const trees = new KeptTrees(store, blobs);
    const digests = await Promise.all(Array.from({ length: 40 }, (_, index) => smallTree(blobs, String(index))));
    for (const lease of await Promise.all(digests.map((digest) => trees.acquire(digest)))) await lease.release();
    const before = childrenOf(process.pid);
    const leases = await Promise.all(digests.map((digest) => trees.acquire(digest)));
    expect(childrenOf(process.pid) - before).toBe(1);
    for (const lease of leases) expect(await lockFile(`${lease.path}.lock`, { wait: false })).toBeUndefined();
    for (const lease of leases) await lease.release();
    expect(childrenOf(process.pid)).toBe(before);
  });

  test.each([
    [
      'a missing blob',
      (path: string) => {
        unlinkSync(path);
      },
    ],
    [
      'a shortened blob',
      (path: string) => {
        truncateSync(path, 70_000);
      },
    ],
  ])('a tree with %s is not made, and nothing is left', async (_what, spoil) => {
    const { store, blobs, trees, tree } = await withFixture();
    const digest = digestOf(someBytes(1_500_000, 1));
    spoil(blobs.pathOf(digest));
    await expect(trees.acquire(tree)).rejects.toMatchObject({
      code: 'STORE',
      message: `the store does not have the blob \`${formatDigest(digest)}\``,
    });
    expect(readdirSync(join(store, 'tmp'))).toEqual([]);
    expect(existsSync(join(trees.directory, tree.hash))).toBe(false);
    const lock = await lockFile(join(trees.directory, `${tree.hash}.lock`), { wait: false });
    expect(lock).toBeDefined();
    await lock?.release();
  });

  test.each([
    [
      'shortened',
      (path: string) => {
        truncateSync(join(path, 'plain.txt'), 0);
      },
      true,
    ],
    [
      'without a file',
      (path: string) => {
        unlinkSync(join(path, 'plain.txt'));
      },
      true,
    ],
    ['whole', () => undefined, false],
  ])('a tree of another boot that is %s is looked through first', async (_what, spoil, isMadeAgain) => {
    const { trees, tree } = await withFixture();
    const lease = await trees.acquire(tree);
    const { birthtimeMs } = statSync(lease.path);
    expect(readFileSync(`${lease.path}.lock`, 'utf8')).toBe(
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    );
    await lease.release();
    spoil(lease.path);
    writeFileSync(`${lease.path}.lock`, '00000000-0000-0000-0000-000000000000');
    const again = await trees.acquire(tree);
    expect(statSync(again.path).birthtimeMs !== birthtimeMs).toBe(isMadeAgain);
    expect(await captureTree(new MemoryBlobStore(), again.path, { label: 'copy' })).toEqual(tree);
    await again.release();
  });
});

describe('processes that share kept trees', () => {
  test('of many that need a tree one makes it', async () => {
    const { store, tree } = await withFixture();
    const children = [1, 2, 3].map(() => startChild('store-child.ts', ['acquire', store, formatDigest(tree)]));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.tell('go');
    const path = join(store, 'trees', tree.hash);
    for (const child of children) expect(await child.line()).toBe(path);
    expect(await captureTree(new MemoryBlobStore(), path, { label: 'copy' })).toEqual(tree);
    expect(readdirSync(join(store, 'tmp'))).toEqual([]);
    // One link for the store and one for the only tree there is.
    expect(statSync(new DiskBlobStore(store).pathOf(digestOf(someBytes(1_500_000, 1)))).nlink).toBe(2);
    for (const child of children) {
      expect(await lockFile(`${path}.lock`, { wait: false })).toBeUndefined();
      child.tell('release');
      expect(await child.line()).toBe('released');
    }
    const lock = await lockFile(`${path}.lock`, { wait: false });
    expect(lock).toBeDefined();
    await lock?.release();
    for (const child of children) child.tell('end');
    for (const child of children) expect(await child.ended).toBe(0);
  });

  test('a lease ends when its holder is killed', async () => {
    const { store, tree } = await withFixture();
    const child = startChild('store-child.ts', ['acquire', store, formatDigest(tree)]);
    await child.line();
    child.tell('go');
    const path = await child.line();
    expect(await lockFile(`${path}.lock`, { wait: false })).toBeUndefined();
    child.process.kill('SIGKILL');
    const lock = await lockFile(`${path}.lock`);
    expect(lock).toBeDefined();
    await lock?.release();
  });
});

function childrenOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return children.split(' ').filter((text) => text !== '').length;
}
