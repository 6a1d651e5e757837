import { type Digest } from '@wheelhouse/element';
import {
  digestOf,
  emptyTree,
  encodeDirectory,
  MemoryBlobStore,
  nestTree,
  openTree,
  readBlob,
  readDirectory,
  splitPath,
  subtree,
  walkTree,
  writeBlob,
  writeTree,
} from '@wheelhouse/element/internal';

async function sample(blobs: MemoryBlobStore): Promise<Digest> {
  const tree = emptyTree();
  const child = emptyTree();
  child.files.set('z', { name: 'z', digest: await writeBlob(blobs, 'zed'), isExecutable: true });
  tree.directories.set('b', child);
  tree.directories.set('a', emptyTree());
  tree.symlinks.set('s', { name: 's', target: 'b/z' });
  tree.files.set('f', { name: 'f', digest: await writeBlob(blobs, 'eff'), isExecutable: false });
  return await writeTree(blobs, tree);
}

describe('trees', () => {
  test('a tree is walked in the order of its encoding, a directory before what is in it', async () => {
    const blobs = new MemoryBlobStore();
    const entries = [];
    for await (const entry of walkTree(blobs, await sample(blobs))) entries.push(entry);
    const below = {
      files: [{ name: 'z', digest: digestOf('zed'), isExecutable: true }],
      directories: [],
      symlinks: [],
    };
    expect(entries).toEqual([
      { type: 'file', path: 'f', digest: digestOf('eff'), isExecutable: false },
      { type: 'symlink', path: 's', target: 'b/z' },
      { type: 'directory', path: 'a', digest: digestOf('') },
      { type: 'directory', path: 'b', digest: digestOf(encodeDirectory(below)) },
      { type: 'file', path: 'b/z', digest: digestOf('zed'), isExecutable: true },
    ]);
  });

  test('an opened tree that is written unchanged keeps its digest, and one change changes it', async () => {
    const blobs = new MemoryBlobStore();
    const digest = await sample(blobs);
    const opened = await openTree(blobs, digest);
    expect(await writeTree(blobs, opened)).toEqual(digest);
    opened.files.set('f', { name: 'f', digest: digestOf('eff'), isExecutable: true });
    const changed = await writeTree(blobs, opened);
    expect(changed).not.toEqual(digest);
    expect((await readDirectory(blobs, changed)).directories).toEqual((await readDirectory(blobs, digest)).directories);
  });

  test('a nested tree is found again at its path', async () => {
    const blobs = new MemoryBlobStore();
    const digest = await sample(blobs);
    const nested = await nestTree(blobs, digest, '/usr/./lib//x');
    expect(await subtree(blobs, nested, 'usr/lib/x')).toEqual(digest);
    expect(await subtree(blobs, nested, '/')).toEqual(nested);
    expect(await subtree(blobs, nested, 'usr/lib/x/s')).toBeUndefined();
    expect(await subtree(blobs, nested, 'usr/bin')).toBeUndefined();
    expect(await nestTree(blobs, digest, '.')).toEqual(digest);
  });

  test('a blob is read whole, from however many pieces', async () => {
    const blobs = new MemoryBlobStore();
    const digest = await writeBlob(blobs, 'one\ntwo');
    expect(Buffer.from(await readBlob(blobs, digest)).toString()).toBe('one\ntwo');
    const inPieces = {
      findMissing: () => Promise.resolve([]),
      write: () => Promise.resolve(),
      // eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
      async *read() {
        yield Buffer.from('one\n');
        yield Buffer.from('two');
      },
    };
    expect(Buffer.from(await readBlob(inPieces, digest)).toString()).toBe('one\ntwo');
  });

  test('a path is split at its slashes', () => {
    expect(splitPath('/a/./b//c/')).toEqual(['a', 'b', 'c']);
    expect(splitPath('.')).toEqual([]);
  });
});
