import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest } from '@wheelhouse/element';
import {
  captureTree,
  digestOf,
  DiskBlobStore,
  emptyTree,
  formatDigest,
  KeptTrees,
  layerHash,
  MemoryBlobStore,
  ProcessFiles,
  TREE_MTIME,
  writeBlob,
  writeTree,
  type KeptTree,
} from '@wheelhouse/element/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { TreeLeases } from '../../src/store/tree-leases.js';
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
  return { store, blobs, trees: keptTreesOf(store, blobs), tree };
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
    const lease = await kept(trees, tree);
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
  });

  test('large files are links to their blobs; executables, small files and repeats are copies', async () => {
    const { blobs, trees, tree } = await withFixture();
    const lease = await kept(trees, tree);
    const inode = (path: string): number => lstatSync(path).ino;
    const large = blobs.pathOf(digestOf(readFileSync(join(lease.path, 'large.bin'))));
    const both = ['large.bin', 'nested/large-again.bin'].map((name) => inode(join(lease.path, name)));
    expect(both.filter((one) => one === inode(large))).toHaveLength(1);
    expect(statSync(large).nlink).toBe(2);
    for (const name of ['large.so', 'plain.txt', 'tool.sh', 'empty.txt']) {
      expect(lstatSync(join(lease.path, name)).nlink).toBe(1);
    }
  });

  test('a blob that has all the links its file system allows is copied', async () => {
    const store = fresh();
    const blobs = new DiskBlobStore(store);
    const bytes = someBytes(100_000, 1);
    const digest = await writeBlob(blobs, bytes);
    const trees = keptTreesOf(store, blobs);
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
    const lease = await kept(trees, await writeTree(blobs, tree));
    const made = lstatSync(join(lease.path, 'f'));
    expect(made.nlink).toBe(count >= 65_100 ? count + 1 : 1);
    expect(digestOf(readFileSync(join(lease.path, 'f')))).toEqual(digest);
    expect(times(lease.path)).toEqual(new Set([TREE_MTIME]));
    rmSync(links, { recursive: true });
  });

  test('a tree is made once, and found by the next', async () => {
    const { blobs, store, trees, tree } = await withFixture();
    const { path } = await kept(trees, tree);
    const { ino } = statSync(path);
    await Promise.all([1, 2, 3].map(() => kept(trees, tree)));
    const other = await kept(keptTreesOf(store, blobs), tree);
    expect(statSync(other.path).ino).toBe(ino);
  });

  test('a short link leads to a tree, in one directory for all, and a longer one where the short one is taken', async () => {
    const { store, blobs, trees, tree } = await withFixture();
    const { link, path } = await kept(trees, tree);
    expect(link).toBe(join(store, 'layers', tree.hash.slice(0, 5)));
    expect(realpathSync(link)).toBe(realpathSync(path));
    unlinkSync(link);
    symlinkSync('../trees/another', link);
    const again = await kept(keptTreesOf(store, blobs), tree);
    expect(again.link).toBe(join(store, 'layers', tree.hash.slice(0, 6)));
    expect(realpathSync(again.link)).toBe(realpathSync(path));
  });

  test('what a layer removes is there as an overlay has it', async () => {
    const { store, blobs, trees, tree } = await withFixture();
    const layer = { tree, removed: ['gone', 'nested/also gone\n'] };
    const { path } = (await trees.keep(layer)) ?? { path: '' };
    expect(path).toBe(join(store, 'trees', layerHash(layer)));
    for (const removed of layer.removed) {
      const stat = lstatSync(join(path, removed));
      expect([stat.isCharacterDevice(), stat.rdev]).toEqual([true, 0]);
    }
    expect(statSync(join(path, 'nested')).mtimeMs).toBe(TREE_MTIME * 1000);
    // In another boot it is looked through, and one that lacks a removal is made again.
    const check = async (): Promise<number> => {
      writeFileSync(`${path}.boot`, '00000000-0000-0000-0000-000000000000');
      await keptTreesOf(store, blobs).keep(layer);
      return statSync(path).ino;
    };
    const { ino } = statSync(path);
    expect(await check()).toBe(ino);
    unlinkSync(join(path, 'gone'));
    await check();
    expect(lstatSync(join(path, 'gone')).isCharacterDevice()).toBe(true);
  });

  test('a tree that a process uses is not removed, and one that none uses is', async () => {
    const { store, blobs, trees, tree } = await withFixture();
    const { path } = await kept(trees, tree);
    const other = keptTreesOf(store, blobs);
    expect(await trees.remove({ tree })).toBe(false);
    expect(await other.remove({ tree })).toBe(false);
    expect(existsSync(path)).toBe(true);
    const unused = await smallTree(blobs, 'unused');
    expect(await other.remove({ tree: unused })).toBe(true);
    expect(readdirSync(join(store, 'leases')).filter((name) => !name.endsWith('.lease'))).toEqual(['removals.lock']);
  });

  test('one that begins to use a tree while it is removed waits, and makes it again', async () => {
    const { store, tree } = await withFixture();
    const child = startChild('store-child.ts', ['keep', store, formatDigest(tree)]);
    await child.line();
    const leases = new TreeLeases(new ProcessFiles(join(store, 'leases')));
    let removing: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => (removing = resolve));
    const removed = leases.unlessHeld(tree.hash, () => paused);
    while (!existsSync(join(store, 'leases', `${tree.hash}.removing`))) await sleep(5);
    child.tell('go');
    const line = child.line();
    expect(await Promise.race([line, sleep(500)])).toBeUndefined();
    removing();
    expect(await removed).toBe(true);
    expect(await line).toBe(join(store, 'trees', tree.hash));
    child.tell('end');
    expect(await child.ended).toBe(0);
  });

  test('many trees are held by one process', async () => {
    const store = fresh();
    const blobs = new DiskBlobStore(store);
    const trees = keptTreesOf(store, blobs);
    const digests = await Promise.all(Array.from({ length: 40 }, (_, index) => smallTree(blobs, String(index))));
    const before = childrenOf(process.pid);
    await Promise.all(digests.map((digest) => kept(trees, digest)));
    expect(childrenOf(process.pid) - before).toBe(1);
    const other = keptTreesOf(store, blobs);
    for (const tree of digests) expect(await other.remove({ tree })).toBe(false);
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
    await expect(kept(trees, tree)).rejects.toMatchObject({
      code: 'STORE',
      message: `the store does not have the blob \`${formatDigest(digest)}\``,
    });
    expect(readdirSync(join(store, 'tmp'))).toEqual([]);
    expect(existsSync(join(trees.directory, tree.hash))).toBe(false);
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
    const { store, blobs, trees, tree } = await withFixture();
    const { path } = await kept(trees, tree);
    const { birthtimeMs } = statSync(path);
    expect(readFileSync(`${path}.boot`, 'utf8')).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    spoil(path);
    writeFileSync(`${path}.boot`, '00000000-0000-0000-0000-000000000000');
    const again = await kept(keptTreesOf(store, blobs), tree);
    expect(statSync(again.path).birthtimeMs !== birthtimeMs).toBe(isMadeAgain);
    expect(await captureTree(new MemoryBlobStore(), again.path, { label: 'copy' })).toEqual(tree);
  });
});

describe('processes that share kept trees', () => {
  test('of many that need a tree one makes it', async () => {
    const { store, blobs, tree } = await withFixture();
    const children = [1, 2, 3].map(() => startChild('store-child.ts', ['keep', store, formatDigest(tree)]));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.tell('go');
    const path = join(store, 'trees', tree.hash);
    for (const child of children) expect(await child.line()).toBe(path);
    expect(await captureTree(new MemoryBlobStore(), path, { label: 'copy' })).toEqual(tree);
    expect(readdirSync(join(store, 'tmp'))).toEqual([]);
    // One link for the store and one for the only tree there is.
    expect(statSync(new DiskBlobStore(store).pathOf(digestOf(someBytes(1_500_000, 1)))).nlink).toBe(2);
    const trees = keptTreesOf(store, blobs);
    for (const child of children) {
      expect(await trees.remove({ tree })).toBe(false);
      child.tell('end');
      expect(await child.ended).toBe(0);
    }
    expect(await trees.remove({ tree })).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  test('a lease ends when its holder is killed', async () => {
    const { store, blobs, tree } = await withFixture();
    const child = startChild('store-child.ts', ['keep', store, formatDigest(tree)]);
    await child.line();
    child.tell('go');
    await child.line();
    const trees = keptTreesOf(store, blobs);
    expect(await trees.remove({ tree })).toBe(false);
    child.process.kill('SIGKILL');
    await child.ended;
    while (!(await trees.remove({ tree }))) await sleep(5);
    expect(readdirSync(join(store, 'leases'))).toEqual(['removals.lock']);
  });
});

/** As another process has them. */
function keptTreesOf(store: string, blobs: DiskBlobStore): KeptTrees {
  return new KeptTrees(store, blobs, new ProcessFiles(join(store, 'leases')));
}

async function kept(trees: KeptTrees, tree: Digest): Promise<KeptTree> {
  const found = await trees.keep({ tree });
  if (found === undefined) throw new Error('a layer that removes nothing was not kept');
  return found;
}

function childrenOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return children.split(' ').filter((text) => text !== '').length;
}
