import type { Digest, Layer } from '@wheelhouse/element';
import { differenceLayer, layerHash, MemoryBlobStore } from '@wheelhouse/element/internal';
import { entriesOf, treeOf } from '../../src/testing/sandbox-subject.js';

async function difference(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Promise<{ readonly entries: Record<string, string>; readonly removed: Layer['removed'] }> {
  const blobs = new MemoryBlobStore();
  const { tree, removed } = await differenceLayer(blobs, await treeOf(blobs, before), await treeOf(blobs, after));
  return { entries: await entriesOf(blobs, tree), removed };
}

describe('differenceLayer', () => {
  test('of a tree and itself is a layer with nothing in it', async () => {
    expect(await difference({ 'a/b': 'x' }, { 'a/b': 'x' })).toEqual({ entries: {}, removed: undefined });
  });

  test('has what is new and what changed, and nothing of what both have', async () => {
    const before = { 'etc/a': '1', 'etc/b': '1', 'etc/l': '-> a', 'usr/lib/x': 'x', 'var/run': 'not executable' };
    const after = { ...before, 'etc/b': '2', 'etc/l': '-> b', 'opt/new/': '', 'var/run': '#!executable' };
    expect(await difference(before, after)).toEqual({
      entries: {
        ...{ 'etc/': '', 'etc/b': '2', 'etc/l': '-> b', 'opt/': '', 'opt/new/': '' },
        ...{ 'var/': '', 'var/run': '#!executable' },
      },
      removed: undefined,
    });
  });

  test('names what is removed, in the order of bytes, with the directories above it', async () => {
    const before = { 'a/\ue000': '1', 'a/\u{1f40d}': '1', 'a/z': '1', 'a/d/e/f': '1', keep: '' };
    expect(await difference(before, { 'a/z': '1', keep: '' })).toEqual({
      entries: { 'a/': '' },
      removed: ['a/d', 'a/\ue000', 'a/\u{1f40d}'],
    });
  });

  test('takes something of another type for what hides what was there', async () => {
    const before = { 'file/x': '1', 'link/x': '1', directory: '1', other: '-> directory' };
    const after = { file: '1', link: '-> file', 'directory/y': '2', 'other/z': '3' };
    expect(await difference(before, after)).toEqual({
      entries: { file: '1', link: '-> file', 'directory/': '', 'directory/y': '2', 'other/': '', 'other/z': '3' },
      removed: undefined,
    });
  });

  test('does not open what both have', async () => {
    const blobs = new MemoryBlobStore();
    const [before, after] = [
      await treeOf(blobs, { 'usr/lib/x': 'x', 'etc/a': '1' }),
      await treeOf(blobs, { 'usr/lib/x': 'x', 'etc/a': '2' }),
    ];
    const read: Digest[] = [];
    const counted = {
      findMissing: (digests: readonly Digest[]) => blobs.findMissing(digests),
      write: (digest: Digest, body: AsyncIterable<Uint8Array>) => blobs.write(digest, body),
      read: (digest: Digest) => {
        read.push(digest);
        return blobs.read(digest);
      },
    };
    await differenceLayer(counted, before, after);
    // The roots and `etc`, of both.
    expect(read).toHaveLength(4);
  });
});

describe('layerHash', () => {
  test('of a layer that removes nothing is the hash of its tree', async () => {
    const blobs = new MemoryBlobStore();
    const tree = await treeOf(blobs, { a: '1' });
    expect(layerHash({ tree })).toBe(tree.hash);
    expect(layerHash({ tree, removed: [] })).toBe(tree.hash);
    const hashes = [['a'], ['b'], ['a', 'b']].map((removed) => layerHash({ tree, removed }));
    expect(new Set([tree.hash, ...hashes]).size).toBe(4);
  });
});
