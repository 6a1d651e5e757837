import { rmSync } from 'node:fs';
import { someBytes } from '@wheelhouse/element/testing';
import { DiskStore, LayeredStore, ReadOnlyStore, Spool, TieredCache } from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';
import { startServer } from '../support/server.js';
import { add, describeStoreContract, NAMESPACE, type StoreUnderTest } from '../support/store-contract.js';

const directory = temporaryDirectories();

function readOnly(): StoreUnderTest {
  const disk = new DiskStore({
    directory: directory(),
    retention: { quotaBytes: 1e12, shares: [], maxAgeMs: 1e12 },
    now: Date.now,
  });
  return {
    store: new ReadOnlyStore(disk),
    writer: disk,
    spool: new Spool({ directory: disk.layout.temporary, capacityBytes: 1e12 }),
    evict: (digest) => {
      rmSync(disk.layout.bodyPath(digest));
      return Promise.resolve();
    },
  };
}

describe('the contract of a store, by one that is only read', () => {
  describeStoreContract(readOnly);
});

describe('a store that is only read', () => {
  it('takes nothing', async () => {
    const { store, spool } = readOnly();
    const name = { namespace: NAMESPACE, hash: '1' };
    await expect(add({ store, spool }, name, someBytes(10, 1))).rejects.toMatchObject({ reason: 'read-only' });
    expect(await store.get(name)).toBeUndefined();
  });

  it('refuses a body before it is sent', async () => {
    const { store, spool, writer } = readOnly();
    const near = writer!;
    const layered = new LayeredStore({ near, far: store, spool, onNearFault: () => undefined });
    expect(layered.isReadOnly).toBe(true);
    const cache = new TieredCache(layered, Date.now);
    const main = { name: 'ci', tier: { kind: 'trusted' }, workspace: 'default' } as const;
    const reader = { ...main, tier: { kind: 'read' } } as const;
    expect([await cache.writability(main, '1'), await cache.writability(reader, '1')]).toEqual([
      'read-only',
      'forbidden',
    ]);
    const server = await startServer({ directory: directory(), options: { cache } });
    const answer = await server.put('1', someBytes(100_000, 1));
    expect([answer.status, await answer.text()]).toEqual([403, 'This cache is read-only.\n']);
    expect(server.outcomes()).toEqual(['PUT forbidden']);
    await server.server.stop(100);
  });
});
