import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type Digest } from '@wheelhouse/element';
import { digestOf } from '@wheelhouse/element/internal';
import { inPieces, someBytes } from '@wheelhouse/element/testing';
import {
  type CacheStore,
  type EntryName,
  type EntryRecord,
  type Spool,
  StoreFailure,
} from '@wheelhouse/cache/internal';

/** A store, and what its contract needs beside it. */
export interface StoreUnderTest {
  readonly store: CacheStore;
  /** The store that entries are written to, where it is another one. */
  readonly writer?: CacheStore;
  readonly spool: Spool;
  /** Takes a body away, as the other side of a store may at any time. */
  evict(digest: Digest): Promise<void>;
}

export const NAMESPACE = 'default/trusted';

export function record(name: EntryName, bytes: Uint8Array, writer = 'ci-main'): EntryRecord {
  return { name, digest: digestOf(bytes), writer, tier: 'trusted', created: new Date('2026-03-01T00:00:00.000Z') };
}

/** Adds an entry as the server does. */
export async function add(
  { store, writer: target = store, spool }: Pick<StoreUnderTest, 'store' | 'writer' | 'spool'>,
  name: EntryName,
  bytes: Uint8Array,
  writer?: string,
): Promise<'stored' | 'present'> {
  const body = await spool.receive(inPieces(bytes), bytes.byteLength);
  try {
    return await target.add(record(name, bytes, writer), body);
  } finally {
    await body.dispose();
  }
}

export async function bytesOf(store: CacheStore, name: EntryName): Promise<Uint8Array | undefined> {
  const found = await store.get(name);
  return found === undefined ? undefined : new Uint8Array(await buffer(await store.open(found.digest)));
}

/** The contract of {@link CacheStore}; every implementation runs it. */
export function describeStoreContract(make: () => StoreUnderTest): void {
  const newName = (namespace = NAMESPACE): EntryName => ({ namespace, hash: randomUUID() });

  it.each([0, 1, 65_536, 3_000_001])('gives back %i bytes, and who wrote them', async (size) => {
    const subject = make();
    const [name, bytes] = [newName(), someBytes(size, size)];
    expect(await add(subject, name, bytes)).toBe('stored');
    expect(await subject.store.get(name)).toEqual(record(name, bytes));
    expect(Buffer.compare((await bytesOf(subject.store, name))!, bytes)).toBe(0);
  });

  it('keeps the commit and who vouches for it', async () => {
    const { store, writer = store, spool } = make();
    const [name, bytes] = [newName(), someBytes(10, 1)];
    const body = await spool.receive(inPieces(bytes), 10);
    const withCommit: EntryRecord = { ...record(name, bytes), commit: { id: 'a'.repeat(40), vouchedBy: 'issuer' } };
    await writer.add(withCommit, body);
    await body.dispose();
    expect(await store.get(name)).toEqual(withCommit);
  });

  it('has nothing under a name that was never written, nor under a written name in another namespace', async () => {
    const subject = make();
    const name = newName();
    await add(subject, name, someBytes(10, 1));
    expect(await subject.store.get(newName())).toBeUndefined();
    expect(await subject.store.get({ ...name, namespace: 'default/pr-1' })).toBeUndefined();
    expect(await subject.store.get({ ...name, namespace: 'other/trusted' })).toBeUndefined();
  });

  it('lets the first writer of a name win', async () => {
    const subject = make();
    const name = newName();
    expect(await add(subject, name, someBytes(10, 1), 'first')).toBe('stored');
    expect(await add(subject, name, someBytes(10, 2), 'second')).toBe('present');
    expect(await add(subject, name, someBytes(10, 1), 'third')).toBe('present');
    expect((await subject.store.get(name))?.writer).toBe('first');
    expect(await bytesOf(subject.store, name)).toEqual(new Uint8Array(someBytes(10, 1)));
  });

  it('lets exactly one of many writers at the same time win, and serves its bytes whole', async () => {
    const subject = make();
    const name = newName();
    const writers = Array.from({ length: 24 }, (_, index) => index);
    const outcomes = await Promise.all(
      writers.map((index) => add(subject, name, someBytes(300_000, index), String(index))),
    );
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    const winner = Number((await subject.store.get(name))?.writer);
    expect(outcomes[winner]).toBe('stored');
    expect(Buffer.compare((await bytesOf(subject.store, name))!, someBytes(300_000, winner))).toBe(0);
  });

  it('counts an entry whose body was evicted as missing, and takes it anew', async () => {
    const subject = make();
    const [name, bytes] = [newName(), someBytes(100_000, 7)];
    await add(subject, name, bytes, 'first');
    await subject.evict(digestOf(bytes));
    expect(await subject.store.get(name)).toBeUndefined();
    expect(await subject.store.findMissing([digestOf(bytes)])).toEqual([digestOf(bytes)]);
    await expect(subject.store.open(digestOf(bytes))).rejects.toEqual(
      expect.objectContaining({ name: 'StoreFailure', reason: 'gone' }),
    );
    expect(await add(subject, name, someBytes(10, 8), 'second')).toBe('stored');
    expect((await subject.store.get(name))?.writer).toBe('second');
    expect(await bytesOf(subject.store, name)).toEqual(new Uint8Array(someBytes(10, 8)));
  });

  it('continues with a body that is evicted while it is read', async () => {
    const subject = make();
    const [name, bytes] = [newName(), someBytes(2_000_000, 9)];
    await add(subject, name, bytes);
    const body = await subject.store.open(digestOf(bytes));
    await subject.evict(digestOf(bytes));
    expect(Buffer.compare(await buffer(body), bytes)).toBe(0);
  });

  it('says which bodies are missing', async () => {
    const subject = make();
    const [there, absent] = [someBytes(100, 10), digestOf(someBytes(100, 11))];
    await add(subject, newName(), there);
    expect(await subject.store.findMissing([digestOf(there), absent, digestOf(there)])).toEqual([absent]);
    expect(await subject.store.findMissing([])).toEqual([]);
  });

  it('has a body for as long as one of the entries that share it is there', async () => {
    const subject = make();
    const bytes = someBytes(5000, 12);
    const names = [newName(), newName(), newName('default/pr-3')];
    for (const name of names) expect(await add(subject, name, bytes)).toBe('stored');
    for (const name of names) expect(await bytesOf(subject.store, name)).toEqual(new Uint8Array(bytes));
  });

  it('takes no body that is shorter or longer than was declared', async () => {
    const { spool } = make();
    const failure = async (declared: number): Promise<string> =>
      spool.receive(inPieces(someBytes(100_000, 1)), declared).then(
        () => 'received',
        (error: unknown) => (error instanceof StoreFailure ? error.reason : String(error)),
      );
    expect(await failure(100_001)).toBe('short');
    expect(await failure(99_999)).toBe('long');
    expect(await failure(0)).toBe('long');
    expect(spool.reservedBytes).toBe(0);
  });
}
