import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { digestOf } from '@wheelhouse/element/internal';
import { inPieces, someBytes } from '@wheelhouse/element/testing';
import {
  type Bucket,
  type CacheStore,
  DiskStore,
  type EntryName,
  LayeredStore,
  type Retention,
  S3Store,
  Spool,
} from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';
import { faultyProxy, type FaultyProxy } from '../support/faulty-proxy.js';
import { s3Server } from '../support/s3-server.js';
import {
  add,
  bytesOf,
  describeStoreContract,
  NAMESPACE,
  record,
  type StoreUnderTest,
} from '../support/store-contract.js';

const directory = temporaryDirectories();
const server = s3Server(directory);
const PLENTY: Retention = { quotaBytes: 1e12, shares: [], maxAgeMs: 1e12 };
const named = (hash: string, namespace = NAMESPACE): EntryName => ({ namespace, hash });

interface Layered extends StoreUnderTest {
  readonly near: DiskStore;
  readonly far: CacheStore;
  readonly faults: unknown[];
}

let bucket: Bucket;
let proxy: FaultyProxy;
beforeAll(async () => {
  proxy = await faultyProxy(server().port);
  bucket = await server().newBucket({ endpoint: proxy.url, timeoutMs: 500 });
});
beforeEach(() => {
  proxy.fault = () => 'pass';
  proxy.requests.length = 0;
});
afterAll(async () => {
  await proxy.close();
});

function layered(retention: Partial<Retention> = {}, data = directory()): Layered {
  const near = new DiskStore({ directory: data, retention: { ...PLENTY, ...retention }, now: Date.now });
  const far = new S3Store({ bucket, retention: PLENTY, now: Date.now });
  const spool = new Spool({ directory: near.layout.temporary, capacityBytes: 1e12 });
  const faults: unknown[] = [];
  const store = new LayeredStore({ near, far, spool, onNearFault: (error) => faults.push(error) });
  return {
    ...{ store, near, far, spool, faults },
    evict: async (digest) => {
      rmSync(near.layout.bodyPath(digest), { force: true });
      await bucket.remove([`blobs/${digest.hash.slice(0, 2)}/${digest.hash}`]);
    },
  };
}

describe('the contract of a store, by a disk before a bucket', () => {
  describeStoreContract(() => layered());
});

describe('the contract of a store, by a bucket behind a disk', () => {
  // Everything is written behind the back of the near one, so that all is read from afar.
  describeStoreContract(() => {
    const subject = layered();
    return { ...subject, writer: subject.far };
  });
});

describe('a layered store', () => {
  it('reads from the near one what was read from afar once', async () => {
    const subject = layered();
    const bytes = someBytes(3_000_000, 21);
    await add({ ...subject, store: subject.far }, named('fill'), bytes);
    expect(await subject.near.get(named('fill'))).toBeUndefined();
    expect(Buffer.compare((await bytesOf(subject.store, named('fill')))!, bytes)).toBe(0);
    expect(await subject.near.get(named('fill'))).toEqual(record(named('fill'), bytes));
    proxy.fault = () => 'reset';
    expect(Buffer.compare((await bytesOf(subject.store, named('fill')))!, bytes)).toBe(0);
    expect(subject.spool.reservedBytes).toBe(0);
  });

  it('fills the near one once, however many read at the same time', async () => {
    const subject = layered();
    const bytes = someBytes(3_000_000, 22);
    await add({ ...subject, store: subject.far }, named('many'), bytes);
    const read = await Promise.all(Array.from({ length: 8 }, () => bytesOf(subject.store, named('many'))));
    for (const each of read) expect(Buffer.compare(each!, bytes)).toBe(0);
    expect(await subject.near.get(named('many'))).toBeDefined();
    expect(subject.faults).toEqual([]);
  });

  it('writes to both, and to the near one nothing that did not win afar', async () => {
    const [one, two] = [layered(), layered()];
    expect(await add(one, named('both'), someBytes(10, 1), 'first')).toBe('stored');
    expect(await one.near.get(named('both'))).toBeDefined();
    expect(await add(two, named('both'), someBytes(10, 2), 'second')).toBe('present');
    expect(await two.near.get(named('both'))).toBeUndefined();
    expect((await two.store.get(named('both')))?.writer).toBe('first');
  });

  it('calls nothing stored that the far one did not take, and keeps none of it near', async () => {
    const subject = layered();
    proxy.fault = (line) => (line.startsWith('PUT') ? { status: 500, code: 'InternalError' } : 'pass');
    await expect(add(subject, named('fails'), someBytes(10, 3))).rejects.toThrow('by the test');
    proxy.fault = () => 'pass';
    expect(await subject.store.get(named('fails'))).toBeUndefined();
    expect(existsSync(subject.near.layout.entries)).toBe(false);
  });

  it('keeps nothing near of a download that was not read to its end', async () => {
    const subject = layered();
    const bytes = someBytes(9_000_000, 23);
    await add({ ...subject, store: subject.far }, named('left'), bytes);
    const found = await subject.store.get(named('left'));
    const body = await subject.store.open(found!.digest);
    for await (const piece of body) if ((piece as Buffer).byteLength > 0) break;
    while (subject.spool.reservedBytes > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await subject.near.get(named('left'))).toBeUndefined();
    expect(readdirSync(subject.near.layout.temporary)).toEqual([]);
    expect(Buffer.compare((await bytesOf(subject.store, named('left')))!, bytes)).toBe(0);
  });

  it('does not keep near what has other bytes than its digest says', async () => {
    const subject = layered();
    const bytes = someBytes(1000, 24);
    await add({ ...subject, store: subject.far }, named('bad'), bytes);
    const { hash } = digestOf(bytes);
    writeFileSync(
      `${server().directory}/${bucket.options.bucket}/team/blobs/${hash.slice(0, 2)}/${hash}`,
      Buffer.alloc(1000),
    );
    await bytesOf(subject.store, named('bad'));
    expect(String(subject.faults[0])).toContain('bytes that do not match');
    expect(await subject.near.get(named('bad'))).toBeUndefined();
  });

  it('continues with only the far one if the near one fails', async () => {
    const data = directory();
    const subject = layered({}, data);
    const bytes = someBytes(100_000, 25);
    // A file where the near one has its directories: it can neither read nor write.
    writeFileSync(`${data}/entries`, '');
    writeFileSync(`${data}/bodies`, '');
    const spool = new Spool({ directory: directory(), capacityBytes: 1e12 });
    expect(await add({ ...subject, spool }, named('fault'), bytes)).toBe('stored');
    expect(Buffer.compare((await bytesOf(subject.store, named('fault')))!, bytes)).toBe(0);
    expect(subject.faults.length).toBeGreaterThan(0);
  });

  it('passes on what does not fit the near one', async () => {
    const subject = layered({ quotaBytes: 1000 });
    const bytes = someBytes(500_000, 26);
    expect(await add(subject, named('big'), bytes)).toBe('stored');
    expect(Buffer.compare((await bytesOf(subject.store, named('big')))!, bytes)).toBe(0);
    expect(await subject.near.get(named('big'))).toBeUndefined();
  });

  it('continues if there is no room to receive what is read from the far one', async () => {
    const subject = layered();
    const spool = new Spool({ directory: subject.near.layout.temporary, capacityBytes: 10 });
    const faults: unknown[] = [];
    const store = new LayeredStore({ ...subject, spool, onNearFault: (error) => faults.push(error) });
    const bytes = someBytes(2_000_000, 27);
    await add({ ...subject, store: subject.far }, named('full'), bytes);
    expect(Buffer.compare((await bytesOf(store, named('full')))!, bytes)).toBe(0);
    expect(faults).toEqual([expect.objectContaining({ reason: 'room' })]);
  });

  it('has what is near while the far one is away, and else fails in bounded time', async () => {
    const subject = layered();
    await add(subject, named('here'), someBytes(10, 28));
    proxy.fault = () => 'freeze';
    expect(await bytesOf(subject.store, named('here'))).toEqual(new Uint8Array(someBytes(10, 28)));
    const started = Date.now();
    await expect(subject.store.get(named('away'))).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(8000);
  });

  it('reads at the pace of the reader', async () => {
    const subject = layered();
    const bytes = someBytes(1_500_000, 29);
    const body = await subject.spool.receive(inPieces(bytes), bytes.byteLength);
    await subject.far.add(record(named('slow'), bytes), body);
    await body.dispose();
    const found = await subject.store.get(named('slow'));
    const stream = await subject.store.open(found!.digest);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(Buffer.compare(await buffer(stream), bytes)).toBe(0);
  });
});
