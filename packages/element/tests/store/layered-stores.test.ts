import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BlobStore, type Digest, type Key } from '@wheelhouse/element';
import {
  BubblewrapSandbox,
  digestOf,
  formatDigest,
  LayeredArtifactStore,
  LayeredBlobStore,
  LayeredTrees,
  LocalStore,
  MemoryArtifactStore,
  MemoryBlobStore,
  readBlob,
  writeBlob,
  type ArtifactRecord,
} from '@wheelhouse/element/internal';
import { entriesOf, shellStep, treeOf } from '@wheelhouse/element/testing';
import { hostMounts, PLATFORM } from '../sandbox/bubblewrap/bubblewrap-subject.js';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();

/** A store that notes what it is asked for. */
class Noting implements BlobStore {
  readonly reads: Digest[] = [];
  readonly asked: Digest[] = [];
  constructor(private readonly inner: BlobStore) {}
  findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    this.asked.push(...digests);
    return this.inner.findMissing(digests);
  }
  read(digest: Digest, offset?: number): AsyncIterable<Uint8Array> {
    this.reads.push(digest);
    return this.inner.read(digest, offset);
  }
  write(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void> {
    return this.inner.write(digest, body);
  }
}

describe('LayeredBlobStore', () => {
  test('what is only far is read once, whole, and is near afterwards', async () => {
    const [near, behind] = [new MemoryBlobStore(), new MemoryBlobStore()];
    const far = new Noting(behind);
    const layered = new LayeredBlobStore(near, far);
    const digest = await writeBlob(behind, 'far away');
    expect(await layered.findMissing([digest])).toEqual([]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of layered.read(digest, 4)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('away');
    expect(Buffer.from(await readBlob(layered, digest)).toString()).toBe('far away');
    expect(far.reads).toEqual([digest]);
    expect(Buffer.from(await readBlob(near, digest)).toString()).toBe('far away');
  });

  test('the far store is asked for nothing that is near, and given nothing', async () => {
    const [near, behind] = [new MemoryBlobStore(), new MemoryBlobStore()];
    const far = new Noting(behind);
    const layered = new LayeredBlobStore(near, far);
    const digest = await writeBlob(layered, 'near');
    const gone = digestOf('nowhere');
    expect(await layered.findMissing([digest])).toEqual([]);
    expect(far.asked).toEqual([]);
    expect(await layered.findMissing([digest, gone])).toEqual([gone]);
    expect(far.asked).toEqual([gone]);
    expect(await behind.findMissing([digest])).toEqual([digest]);
  });

  test('wrong bytes of the far store are not kept', async () => {
    const near = new MemoryBlobStore();
    const digest = digestOf('right');
    async function* wrong(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('wrong'));
    }
    const far: BlobStore = { findMissing: () => Promise.resolve([]), read: wrong, write: () => Promise.resolve() };
    await expect(readBlob(new LayeredBlobStore(near, far), digest)).rejects.toMatchObject({
      code: 'STORE',
      message: `the bytes written as \`${formatDigest(digest)}\` have the digest \`${formatDigest(digestOf('wrong'))}\``,
    });
    expect(await near.findMissing([digest])).toEqual([digest]);
  });
});

describe('LayeredArtifactStore', () => {
  const key = digestOf('key').hash as Key;

  function stores() {
    const [near, far] = [new MemoryBlobStore(), new MemoryBlobStore()];
    const blobs = new LayeredBlobStore(near, far);
    const [nearRecords, farRecords] = [new MemoryArtifactStore(blobs), new MemoryArtifactStore(far)];
    return { near, far, blobs, nearRecords, farRecords, layered: new LayeredArtifactStore(nearRecords, farRecords) };
  }

  async function recordIn(blobs: BlobStore, changes: Partial<ArtifactRecord> = {}): Promise<ArtifactRecord> {
    const tree = await treeOf(blobs, { 'usr/share/data': 'data' });
    const rest = { element: 'a.bst', kind: 'manual', dependencies: [], started: 1, elapsed: 2 };
    return { key, tree, exitCode: 0, ...rest, ...changes };
  }

  test('what is only far is found, and near from then on, with its blobs where they are', async () => {
    const { near, far, farRecords, nearRecords, layered } = stores();
    const record = await recordIn(far);
    await farRecords.put(key, record);
    expect(await layered.get(key)).toEqual(record);
    expect(await nearRecords.get(key)).toEqual(record);
    const data = digestOf('data');
    expect(await near.findMissing([data])).toEqual([data]);
  });

  test('the near record takes precedence over the far one, and nothing is written to the far store', async () => {
    const { near, far, farRecords, layered } = stores();
    const [here, there] = [await recordIn(near, { elapsed: 1 }), await recordIn(far, { elapsed: 2 })];
    expect(await layered.put(key, here)).toEqual(here);
    expect(await farRecords.get(key)).toBeUndefined();
    await farRecords.put(key, there);
    expect(await layered.get(key)).toEqual(here);
  });

  test('a failure that is only far on record is tried again here', async () => {
    const { far, farRecords, layered } = stores();
    await farRecords.put(key, await recordIn(far, { exitCode: 1 }));
    expect(await layered.get(key)).toBeUndefined();
  });

  test('a record whose blobs the far store has lost is not a record', async () => {
    const { near, far, farRecords, layered } = stores();
    const record = await recordIn(far, { log: digestOf('gone') });
    await farRecords.put(key, record);
    expect(await layered.get(key)).toBeUndefined();
    await writeBlob(near, 'gone');
    // The far store alone decides whether its records are whole.
    expect(await layered.get(key)).toBeUndefined();
    await writeBlob(far, 'gone');
    expect(await layered.get(key)).toEqual(record);
  });
});

describe('LayeredTrees', () => {
  test('a sandbox of this machine runs on a root that is still in the far store', async () => {
    const far = new MemoryBlobStore();
    const store = LocalStore.open(fresh());
    const blobs = new LayeredBlobStore(store.blobs, far);
    const trees = new LayeredTrees(store.trees, store.blobs, far);
    const sandbox = new BubblewrapSandbox({
      store: { blobs, trees, scratch: store.scratch },
      path: process.env.PATH ?? '',
    });
    const large = 'large\n'.repeat(50_000);
    const root = await treeOf(far, { 'opt/large': large, 'opt/small': 'small\n', 'build/source': 'source\n' });
    const result = await sandbox.run(
      {
        root,
        layers: [{ tree: await treeOf(far, { 'opt/large': large, 'opt/small': 'small\n' }) }],
        host: hostMounts(),
        steps: [shellStep('cat /opt/small source > made; cat /opt/large > large')],
        writable: ['/build'],
        tmpfs: [],
        outputs: ['/build'],
        platform: PLATFORM,
        limits: {},
      },
      { log: { write: () => undefined }, signal: new AbortController().signal },
    );
    expect(result.exitCode).toBe(0);
    expect(await entriesOf(store.blobs, result.outputs[0])).toEqual({
      large,
      made: 'small\nsource\n',
      source: 'source\n',
    });
    const copy = fresh();
    const readme = await treeOf(far, { readme: 'only far' });
    await trees.checkOut(readme, copy);
    expect(readFileSync(join(copy, 'readme'), 'utf8')).toBe('only far');
  });
});
