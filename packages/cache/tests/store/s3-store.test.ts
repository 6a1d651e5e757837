import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  audit,
  Bucket,
  type Collection,
  type EntryName,
  keepsFirstWrites,
  type Retention,
  S3Store,
  Spool,
} from '@wheelhouse/cache/internal';
import { digestOf } from '@wheelhouse/element/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { temporaryDirectories } from '../support/directories.js';
import { faultyProxy, type FaultyProxy } from '../support/faulty-proxy.js';
import { typescript } from '../support/process.js';
import { S3_ENVIRONMENT, s3Server } from '../support/s3-server.js';
import { add, bytesOf, describeStoreContract, NAMESPACE, type StoreUnderTest } from '../support/store-contract.js';

const directory = temporaryDirectories();
const server = s3Server(directory);
const HOUR = 3600_000;
const PLENTY: Retention = { quotaBytes: Infinity, shares: [], maxAgeMs: 365 * 24 * HOUR };

let bucket: Bucket;
beforeAll(async () => {
  bucket = await server().newBucket();
});

interface S3UnderTest extends StoreUnderTest {
  readonly store: S3Store;
  readonly bucket: Bucket;
  readonly collections: Collection[];
  tick(ms: number): void;
}

function s3(subject = bucket, retention: Partial<Retention> = {}): S3UnderTest {
  let time = Date.now();
  const collections: Collection[] = [];
  const store = new S3Store({
    bucket: subject,
    retention: { ...PLENTY, ...retention },
    now: () => time,
    onCollection: (collection) => collections.push(collection),
  });
  return {
    store,
    bucket: subject,
    collections,
    spool: new Spool({ directory: directory(), capacityBytes: 1e12 }),
    tick: (ms) => (time += ms),
    evict: ({ hash }) => {
      const { bucket: name, prefix } = subject.options;
      rmSync(join(server().directory, name, prefix, 'blobs', hash.slice(0, 2), hash));
      return Promise.resolve();
    },
  };
}

describe('the contract of a store, by a bucket', () => {
  describeStoreContract(() => s3());
});

describe('a store in a bucket', () => {
  const MIB = 1024 * 1024;
  const named = (hash: string, namespace = NAMESPACE): EntryName => ({ namespace, hash });
  const filesOf = ({ bucket: { options } }: S3UnderTest): string[] =>
    readdirSync(join(server().directory, options.bucket), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.sgwtmp'))
      .map(({ parentPath, name }) => relative(join(server().directory, options.bucket), join(parentPath, name)))
      .sort();
  const proxies: FaultyProxy[] = [];
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });
  const faulty = async (timeoutMs = 10_000): Promise<S3UnderTest & { readonly proxy: FaultyProxy }> => {
    const proxy = await faultyProxy(server().port);
    proxies.push(proxy);
    return { ...s3(await server().newBucket({ endpoint: proxy.url, timeoutMs })), proxy };
  };
  const fresh = async (retention?: Partial<Retention>): Promise<S3UnderTest> =>
    s3(await server().newBucket(), retention);

  it('keeps records and bodies where its documentation says, and each body once', async () => {
    const subject = await faulty();
    const bytes = someBytes(1000, 1);
    for (const hash of ['1', '2']) await add(subject, named(hash), bytes);
    await add(subject, named('1', 'default/pr-9'), bytes);
    const { hash } = digestOf(bytes);
    expect(filesOf(subject)).toEqual([
      `team/blobs/${hash.slice(0, 2)}/${hash}`,
      'team/entries/default/pr-9/1.json',
      'team/entries/default/trusted/1.json',
      'team/entries/default/trusted/2.json',
    ]);
    expect(subject.proxy.requests.filter((line) => line.startsWith('PUT') && line.includes('/blobs/'))).toHaveLength(1);
  });

  it('sends what is large in parts, each checked, and gives it back', async () => {
    const subject = await faulty();
    const bytes = someBytes(40 * MIB + 1, 2);
    expect(await add(subject, named('large'), bytes)).toBe('stored');
    expect(subject.proxy.requests.filter((line) => line.startsWith('PUT') && line.includes('/blobs/'))).toHaveLength(6);
    expect(Buffer.compare((await bytesOf(subject.store, named('large')))!, bytes)).toBe(0);
  });

  it('has nothing of an upload that came to no end', async () => {
    const subject = await faulty();
    let parts = 0;
    subject.proxy.fault = (line) =>
      line.startsWith('PUT') && ++parts >= 3 ? { status: 500, code: 'InternalError' } : 'pass';
    await expect(add(subject, named('half'), someBytes(40 * MIB, 3))).rejects.toThrow('by the test');
    subject.proxy.fault = () => 'pass';
    expect(await subject.store.get(named('half'))).toBeUndefined();
    expect(await subject.store.findMissing([digestOf(someBytes(40 * MIB, 3))])).toHaveLength(1);
    expect(filesOf(subject)).toEqual([]);
    expect(subject.proxy.requests.some((line) => line.startsWith('DELETE'))).toBe(true);
  });

  it.each([1000, 10 * MIB])('has nothing of %i bytes that were changed on their way', async (size) => {
    const subject = await faulty();
    subject.proxy.fault = (line) => (line.startsWith('PUT') ? 'damage' : 'pass');
    await expect(add(subject, named('damaged'), someBytes(size, 4))).rejects.toMatchObject({
      name: 'XAmzContentSHA256Mismatch',
    });
    expect(filesOf(subject)).toEqual([]);
  });

  it('retries failed requests, and continues', async () => {
    const subject = await faulty();
    const seen = new Map<string, number>();
    subject.proxy.fault = (line) => {
      const count = (seen.get(line) ?? 0) + 1;
      seen.set(line, count);
      return count === 1 ? { status: 503, code: 'SlowDown' } : count === 2 ? 'reset' : 'pass';
    };
    const bytes = someBytes(1000, 5);
    expect(await add(subject, named('1'), bytes)).toBe('stored');
    expect(await bytesOf(subject.store, named('1'))).toEqual(new Uint8Array(bytes));
  });

  it('says that an entry is stored whose answer was lost', async () => {
    const subject = await faulty();
    let lost = 0;
    subject.proxy.fault = (line) =>
      line.startsWith('PUT') && line.endsWith('.json') && lost++ === 0 ? 'lose' : 'pass';
    expect(await add(subject, named('1'), someBytes(10, 6))).toBe('stored');
    expect(lost).toBe(2);
  });

  it('gives up on a service that is frozen, in bounded time', async () => {
    const subject = await faulty(300);
    subject.proxy.fault = () => 'freeze';
    const started = Date.now();
    await expect(subject.store.get(named('1'))).rejects.toThrow();
    await expect(add(subject, named('1'), someBytes(10, 7))).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(8000);
  });

  it('resumes an interrupted download where it ended', async () => {
    const subject = await faulty();
    const bytes = someBytes(5 * MIB, 8);
    await add(subject, named('1'), bytes);
    let cuts = 0;
    subject.proxy.fault = (line) =>
      line.startsWith('GET') && line.includes('/blobs/') && cuts++ < 3 ? { cutAfter: MIB } : 'pass';
    expect(Buffer.compare((await bytesOf(subject.store, named('1')))!, bytes)).toBe(0);
    expect(cuts).toBe(4);
    cuts = -10;
    await expect(bytesOf(subject.store, named('1'))).rejects.toThrow();
  });

  it('does without conditional writes where the service has none', async () => {
    const subject = await faulty();
    subject.proxy.fault = (_line, headers) =>
      headers['if-none-match'] === undefined && headers['if-match'] === undefined
        ? 'pass'
        : { status: 501, code: 'NotImplemented' };
    expect([await keepsFirstWrites(bucket), await keepsFirstWrites(subject.bucket)]).toEqual([true, false]);
    expect(filesOf(subject)).toEqual([]);
    expect(await add(subject, named('1'), someBytes(10, 1), 'first')).toBe('stored');
    expect(await add(subject, named('1'), someBytes(10, 2), 'second')).toBe('present');
    expect(subject.bucket.keepsConditions).toBe(false);
    await subject.evict(digestOf(someBytes(10, 1)));
    expect(await add(subject, named('1'), someBytes(10, 2), 'second')).toBe('stored');
  });

  it('takes a bucket that is absent for a fault and not for a miss', async () => {
    const absent = s3(await Bucket.open({ ...bucket.options, bucket: 'no-such-bucket' }));
    await expect(absent.store.get(named('1'))).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(absent.bucket.check()).rejects.toThrow();
    absent.bucket.close();
  });

  it('reports that there is no room if the service does', async () => {
    const subject = await faulty();
    subject.proxy.fault = (line) => (line.startsWith('PUT') ? { status: 507, code: 'StorageFull' } : 'pass');
    await expect(add(subject, named('1'), someBytes(10, 1))).rejects.toMatchObject({ reason: 'room' });
  });

  it('removes what was not used for too long, and lets a use count', async () => {
    const subject = await fresh({ maxAgeMs: 10 * HOUR });
    await add(subject, named('old'), Buffer.from('old'));
    await add(subject, named('used'), Buffer.from('used'));
    const age = (hash: string, hours: number): void => {
      const time = Date.now() / 1000 - hours * 3600;
      const { bucket: name, prefix } = subject.bucket.options;
      utimesSync(join(server().directory, name, prefix, 'entries', NAMESPACE, `${hash}.json`), time, time);
    };
    age('old', 11);
    age('used', 11);
    await subject.store.get(named('used'));
    expect(await subject.store.collect()).toMatchObject({
      removed: { age: 1, quota: 0, unreadable: 0 },
      entries: 1,
      freedBytes: 3,
      bytes: 4,
    });
    expect(await subject.store.get(named('old'))).toBeUndefined();
    expect(await bytesOf(subject.store, named('used'))).toEqual(new Uint8Array(Buffer.from('used')));
    expect(filesOf(subject)).toHaveLength(2);
  });

  it('keeps a quota and a share by its collections, and refuses what can never fit', async () => {
    const covers = (namespace: string): boolean => namespace.includes('/pr-');
    const subject = await fresh({ quotaBytes: 10_000, shares: [{ covers, bytes: 2000 }] });
    for (let index = 0; index < 8; index++) await add(subject, named(String(index)), someBytes(1000, index));
    for (let index = 0; index < 4; index++) {
      await add(subject, named(String(index), 'default/pr-1'), someBytes(1000, 100 + index));
    }
    expect(await subject.store.collect()).toMatchObject({ removed: { quota: 3 }, bytes: 9000, shareBytes: [1000] });
    await expect(add(subject, named('1', 'default/pr-2'), someBytes(2001, 1))).rejects.toMatchObject({
      reason: 'room',
    });
    expect(subject.collections).toHaveLength(1);
  });

  it('leaves bodies without an entry for an hour, and uploads without an end for a day', async () => {
    const subject = await fresh();
    const { client, options } = subject.bucket;
    const at = { Bucket: options.bucket, Key: `${options.prefix}blobs/00/${'0'.repeat(64)}` };
    await client.send(new PutObjectCommand({ ...at, Body: 'orphan' }));
    await client.send(new CreateMultipartUploadCommand(at));
    const uploads = async (): Promise<number> =>
      (await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }))).Uploads?.length ?? 0;
    expect((await subject.store.collect()).freedBytes).toBe(0);
    subject.tick(2 * HOUR);
    expect((await subject.store.collect()).freedBytes).toBe(6);
    expect(await uploads()).toBe(1);
    subject.tick(24 * HOUR);
    await subject.store.collect();
    expect(await uploads()).toBe(0);
  });

  it('finds what was damaged, and removes it when asked', async () => {
    const subject = await fresh();
    for (const hash of ['good', 'damaged', 'without']) await add(subject, named(hash), Buffer.from(hash));
    const root = join(server().directory, subject.bucket.options.bucket);
    const [hash, path] = [digestOf('damaged').hash, `blobs/${digestOf('damaged').hash.slice(0, 2)}`];
    writeFileSync(join(root, 'team', path, hash), 'DAMAGED');
    await subject.evict(digestOf('without'));
    const address = `s3://${subject.bucket.options.bucket}/team`;
    const found = {
      entries: 3,
      bodies: 2,
      damaged: [`${address}/${path}/${hash}`],
      dangling: ['damaged', 'without'].map((name) => `${address}/entries/${NAMESPACE}/${name}.json`),
    };
    expect(await audit(subject.store, { remove: true })).toEqual(found);
    expect(await audit(subject.store, { remove: false })).toEqual({ entries: 1, bodies: 1, damaged: [], dangling: [] });
  });

  it('makes no key of an invalid name', async () => {
    const { store } = s3();
    for (const hash of ['../../x', '..', 'a/b', '', 'x'.repeat(129)]) {
      await expect(store.get(named(hash))).rejects.toThrow('an entry cannot be named');
      await expect(store.get(named('1', `default/${hash}`))).rejects.toThrow('an entry cannot be named');
    }
  });

  it('serves nothing that is not whole of writers that are killed, at 6 moments', async () => {
    const subject = await fresh();
    let stored = 0;
    for (let round = 0; round < 6; round++) {
      const [program, ...args] = typescript(
        's3-writer.ts',
        JSON.stringify(subject.bucket.options),
        directory(),
        `${round}`,
      );
      const env = { ...process.env, ...S3_ENVIRONMENT };
      const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface({ input: child.stdout });
      const told: string[] = [];
      lines.on('line', (line) => told.push(line));
      await Promise.race([once(lines, 'line'), once(child, 'close')]);
      await sleep(Math.random() * 200);
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      for await (const { record: found } of subject.store.surveyEntries()) {
        expect(digestOf((await bytesOf(subject.store, found!.name))!)).toEqual(found?.digest);
      }
      for (const hash of told) expect(await subject.store.get(named(hash))).toBeDefined();
      stored += told.length;
    }
    expect(stored).toBeGreaterThanOrEqual(6);
    expect((await audit(subject.store, { remove: false })).damaged).toEqual([]);
  }, 120_000);
});
