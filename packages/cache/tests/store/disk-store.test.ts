import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@wheelhouse/element/internal';
import { inPieces, someBytes } from '@wheelhouse/element/testing';
import { type Collection, DiskStore, type EntryName, type Retention, Spool } from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';
import { typescript } from '../support/process.js';
import { add, bytesOf, describeStoreContract, NAMESPACE, type StoreUnderTest } from '../support/store-contract.js';

const directory = temporaryDirectories();
const HOUR = 3600_000;
const PLENTY: Retention = { quotaBytes: 1e12, shares: [], maxAgeMs: 365 * 24 * HOUR };

interface DiskUnderTest extends StoreUnderTest {
  readonly store: DiskStore;
  readonly data: string;
  readonly collections: Collection[];
  tick(ms: number): void;
}

function disk(retention: Partial<Retention> = {}, data = directory()): DiskUnderTest {
  let time = Date.now();
  const collections: Collection[] = [];
  const store = new DiskStore({
    directory: data,
    retention: { ...PLENTY, ...retention },
    now: () => time,
    onCollection: (collection) => collections.push(collection),
  });
  return {
    store,
    data,
    collections,
    spool: new Spool({ directory: store.layout.temporary, capacityBytes: 1e12 }),
    tick: (ms) => (time += ms),
    evict: (digest) => {
      rmSync(store.layout.bodyPath(digest));
      return Promise.resolve();
    },
  };
}

const named = (hash: string, namespace = NAMESPACE): EntryName => ({ namespace, hash });
const filesIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    : [];

describe('the contract of a store, by the disk', () => {
  describeStoreContract(() => disk());
});

describe('the contract of a store, by a disk that receives bodies on another file system', () => {
  const elsewhere = join('/dev/shm', `wheelhouse-cache-${process.pid}`);
  afterAll(() => {
    rmSync(elsewhere, { recursive: true, force: true });
  });
  const make = (): DiskUnderTest => ({ ...disk(), spool: new Spool({ directory: elsewhere, capacityBytes: 1e12 }) });

  it('is on another one', () => {
    mkdirSync(elsewhere, { recursive: true });
    expect(statSync(elsewhere).dev).not.toBe(statSync(directory()).dev);
  });
  describeStoreContract(make);
});

describe('a disk store', () => {
  it('keeps equal bodies once, and nothing in its temporary directory', async () => {
    const subject = disk();
    const bytes = someBytes(100_000, 1);
    for (const hash of ['1', '2', '3']) await add(subject, named(hash), bytes);
    await add(subject, named('1', 'default/pr-9'), bytes);
    expect(filesIn(subject.store.layout.bodies)).toEqual([digestOf(bytes).hash]);
    expect(filesIn(subject.store.layout.entries)).toEqual(['1.json', '1.json', '2.json', '3.json']);
    expect(filesIn(subject.store.layout.temporary)).toEqual([]);
  });

  it('counts a body that is too short, and a record that is cut or of another entry, as missing', async () => {
    const subject = disk();
    for (const hash of ['short', 'cut', 'empty', 'moved', 'good']) await add(subject, named(hash), Buffer.from(hash));
    truncateSync(subject.store.layout.bodyPath(digestOf('short')), 3);
    const path = (hash: string): string => subject.store.layout.recordPath(named(hash));
    truncateSync(path('cut'), 40);
    truncateSync(path('empty'), 0);
    writeFileSync(path('moved'), readFileSync(path('good')));
    const found = await Promise.all(
      ['short', 'cut', 'empty', 'moved', 'good'].map(
        async (hash) => (await subject.store.get(named(hash))) !== undefined,
      ),
    );
    expect(found).toEqual([false, false, false, false, true]);
    await expect(subject.store.open(digestOf('short'))).rejects.toThrow('has 3 bytes instead of 5');
    for (const hash of ['short', 'cut', 'empty', 'moved']) {
      // The record of the one whose body came back has been right all along.
      const outcome = hash === 'short' ? 'present' : 'stored';
      expect(await add(subject, named(hash), Buffer.from(hash))).toBe(outcome);
      expect(Buffer.from((await bytesOf(subject.store, named(hash)))!).toString()).toBe(hash);
    }
  });

  it('counts a small body that a power cut left without its bytes as missing, until it is written again', async () => {
    const subject = disk();
    const bytes = someBytes(1000, 1);
    await add(subject, named('a'), bytes);
    writeFileSync(subject.store.layout.bodyPath(digestOf(bytes)), Buffer.alloc(1000));
    await expect(subject.store.open(digestOf(bytes))).rejects.toMatchObject({ reason: 'damaged' });
    expect(await subject.store.get(named('a'))).toBeUndefined();
    expect(await subject.store.findMissing([digestOf(bytes)])).toHaveLength(1);
    await add(subject, named('a'), bytes);
    expect(Buffer.compare((await bytesOf(subject.store, named('a')))!, bytes)).toBe(0);
  });

  it('repairs a damaged body when the same bytes are written again', async () => {
    const subject = disk();
    const bytes = someBytes(1000, 3);
    await add(subject, named('1'), bytes);
    writeFileSync(subject.store.layout.bodyPath(digestOf(bytes)), Buffer.alloc(1000));
    await add(subject, named('2'), bytes);
    expect(await bytesOf(subject.store, named('1'))).toEqual(new Uint8Array(bytes));
  });

  it.each(['../../etc/passwd', '..', 'a/b', 'a\0b', '', 'x'.repeat(129), '.', 'a.json'])(
    'makes no path of the name %j',
    async (hash) => {
      const { store } = disk();
      await expect(store.get(named(hash))).rejects.toThrow('an entry cannot be named');
      await expect(store.get(named('1', `default/${hash}`))).rejects.toThrow('an entry cannot be named');
    },
  );

  it('removes what was not used for too long, and lets a use count', async () => {
    const subject = disk({ maxAgeMs: 10 * HOUR });
    await add(subject, named('old'), Buffer.from('old'));
    await add(subject, named('used'), Buffer.from('used'));
    subject.tick(6 * HOUR);
    await subject.store.get(named('used'));
    subject.tick(6 * HOUR);
    expect((await subject.store.collect()).removed).toEqual({ age: 1, quota: 0, unreadable: 0 });
    subject.tick(1 * HOUR);
    await subject.store.collect();
    expect(await subject.store.get(named('old'))).toBeUndefined();
    expect(await bytesOf(subject.store, named('used'))).toEqual(new Uint8Array(Buffer.from('used')));
    expect(filesIn(subject.store.layout.bodies)).toEqual([digestOf('used').hash]);
  });

  it('evicts the least recently used to keep within its quota, and goes somewhat below it', async () => {
    const subject = disk({ quotaBytes: 10_000 });
    for (let index = 0; index < 10; index++) {
      await add(subject, named(String(index)), someBytes(1000, index));
      subject.tick(2 * 60_000);
    }
    await subject.store.get(named('0'));
    subject.tick(2 * 60_000);
    await add(subject, named('10'), someBytes(1000, 10));
    expect(subject.collections.at(-1)).toEqual({
      removed: { age: 0, quota: 2, unreadable: 0 },
      freedBytes: 2000,
      entries: 9,
      bytes: 9000,
      shareBytes: [],
      deferred: new Set(),
    });
    expect(filesIn(subject.store.layout.entries)).toEqual([0, 10, 3, 4, 5, 6, 7, 8, 9].map((n) => `${n}.json`));
    expect(filesIn(subject.store.layout.bodies)).toHaveLength(9);
  });

  it('keeps within its quota with many concurrent writers', async () => {
    const subject = disk({ quotaBytes: 50_000 });
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => add(subject, named(String(index)), someBytes(1000, index))),
    );
    const { bytes } = await subject.store.collect();
    expect(bytes).toBeLessThanOrEqual(50_000);
    expect(filesIn(subject.store.layout.bodies).length).toBe(filesIn(subject.store.layout.entries).length);
    expect(filesIn(subject.store.layout.bodies).length).toBeGreaterThanOrEqual(20);
  });

  it('counts equal bodies once against the quota', async () => {
    const subject = disk({ quotaBytes: 2000 });
    for (let index = 0; index < 20; index++) await add(subject, named(String(index)), someBytes(1500, 1));
    expect(filesIn(subject.store.layout.entries)).toHaveLength(20);
    expect(subject.collections).toHaveLength(1);
  });

  it('evicts what goes beyond a share from that share alone', async () => {
    const subject = disk({
      quotaBytes: 100_000,
      shares: [{ covers: (namespace) => namespace.includes('/pr-'), bytes: 5000 }],
    });
    await add(subject, named('main'), someBytes(1000, 99));
    for (let index = 0; index < 40; index++) {
      subject.tick(2 * 60_000);
      await add(subject, named(String(index), `default/pr-${index % 4}`), someBytes(1000, index));
    }
    expect(await subject.store.get(named('main'))).toBeDefined();
    expect(filesIn(subject.store.layout.bodies).length).toBeLessThanOrEqual(6);
    expect(subject.collections.at(-1)?.shareBytes[0]).toBeLessThanOrEqual(5000);
  });

  it('refuses what is larger than its quota or share, and leaves everything else in place', async () => {
    const subject = disk({
      quotaBytes: 5000,
      shares: [{ covers: (namespace) => namespace.includes('/pr-'), bytes: 1000 }],
    });
    await add(subject, named('main'), someBytes(1000, 1));
    const tooMuch = expect.objectContaining({ reason: 'room' }) as unknown;
    await expect(add(subject, named('large'), someBytes(5001, 2))).rejects.toEqual(tooMuch);
    await expect(add(subject, named('large', 'default/pr-1'), someBytes(1001, 2))).rejects.toEqual(tooMuch);
    expect(filesIn(subject.data)).toHaveLength(2);
  });

  it('refuses more on its way than the spool may hold', async () => {
    const spool = new Spool({ directory: join(directory(), 'tmp'), capacityBytes: 1000 });
    const first = await spool.receive(inPieces(someBytes(600, 1)), 600);
    await expect(spool.receive(inPieces(someBytes(600, 1)), 600)).rejects.toEqual(
      expect.objectContaining({ reason: 'room' }),
    );
    await first.dispose();
    await first.dispose();
    expect(spool.reservedBytes).toBe(0);
    await (await spool.receive(inPieces(someBytes(600, 1)), 600)).dispose();
  });

  it('removes what killed writers left once it is old, and no sooner', async () => {
    const subject = disk();
    await add(subject, named('good'), Buffer.from('good'));
    const { layout } = subject.store;
    mkdirSync(layout.temporary, { recursive: true });
    writeFileSync(join(layout.temporary, 'half'), 'ha');
    const orphan = layout.bodyPath(digestOf('orphan'));
    mkdirSync(join(orphan, '..'), { recursive: true });
    writeFileSync(orphan, 'orphan');
    await subject.store.collect();
    expect([existsSync(orphan), filesIn(layout.temporary)]).toEqual([true, ['half']]);
    const before = Date.now() / 1000 - 2 * 3600;
    for (const path of [orphan, join(layout.temporary, 'half')]) utimesSync(path, before, before);
    expect((await subject.store.collect()).freedBytes).toBe(6);
    expect([existsSync(orphan), filesIn(layout.temporary)]).toEqual([false, []]);
    expect(await subject.store.get(named('good'))).toBeDefined();
  });
});

describe('a writer that is killed', () => {
  it('leaves nothing that is served and not whole, at 12 moments', async () => {
    const data = directory();
    let entries = 0;
    for (let round = 0; round < 12; round++) {
      const [program, ...args] = typescript('store-writer.ts', data, String(round));
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface({ input: child.stdout });
      const stored: string[] = [];
      lines.on('line', (line) => stored.push(line));
      await once(lines, 'line');
      await sleep(Math.random() * 150);
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;

      const { store } = disk({}, data);
      for (const file of filesIn(store.layout.entries)) {
        const name = named(file.replace('.json', ''));
        const bytes = await bytesOf(store, name);
        expect(digestOf(bytes!)).toEqual((await store.get(name))?.digest);
      }
      // What the writer was told is stored is there.
      for (const hash of stored) expect(await store.get(named(hash))).toBeDefined();
      entries += stored.length;
    }
    expect(entries).toBeGreaterThan(12);
    const survivor = disk({}, data);
    survivor.tick(2 * HOUR);
    await survivor.store.collect();
    expect(filesIn(survivor.store.layout.temporary)).toEqual([]);
  }, 120_000);
});
