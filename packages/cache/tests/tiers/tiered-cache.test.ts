import { buffer } from 'node:stream/consumers';
import { inPieces } from '@wheelhouse/element/testing';
import {
  accessOf,
  DiskStore,
  parseTier,
  type Principal,
  pullRequestShare,
  Spool,
  TieredCache,
} from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';

const directory = temporaryDirectories();

function as(tier: string, workspace = 'default'): Principal {
  return { name: `${tier} of ${workspace}`, tier: parseTier(tier)!, workspace };
}

const [main, pr1, pr12, reader, admin] = ['trusted', 'pr:1', 'pr:12', 'read', 'admin'].map((tier) => as(tier)) as [
  Principal,
  Principal,
  Principal,
  Principal,
  Principal,
];

function open(): {
  write(principal: Principal, hash: string, text: string): Promise<string>;
  read(principal: Principal, hash: string): Promise<string | undefined>;
  cache: TieredCache;
  store: DiskStore;
} {
  const store = new DiskStore({
    directory: directory(),
    retention: { quotaBytes: 1e9, shares: [pullRequestShare(1e8)], maxAgeMs: 1e12 },
    now: Date.now,
  });
  const cache = new TieredCache(store, () => Date.UTC(2026, 2, 1));
  const spool = new Spool({ directory: store.layout.temporary, capacityBytes: 1e9 });
  return {
    cache,
    store,
    write: async (principal, hash, text) => {
      const bytes = Buffer.from(text);
      const body = await spool.receive(inPieces(bytes), bytes.byteLength);
      try {
        return await cache.add(principal, hash, { body });
      } finally {
        await body.dispose();
      }
    },
    read: async (principal, hash) => {
      const hit = await cache.find(principal, hash);
      return hit === undefined ? undefined : (await buffer(hit.body)).toString();
    },
  };
}

describe('tiers of trust', () => {
  it('say who reads and writes what', () => {
    expect([main, pr1, pr12, reader, admin, as('trusted', 'shop'), as('pr:1', 'shop')].map(accessOf)).toEqual([
      { reads: ['default/trusted'], writes: 'default/trusted' },
      { reads: ['default/trusted', 'default/pr-1'], writes: 'default/pr-1' },
      { reads: ['default/trusted', 'default/pr-12'], writes: 'default/pr-12' },
      { reads: ['default/trusted'], writes: undefined },
      { reads: ['default/trusted'], writes: undefined },
      { reads: ['shop/trusted'], writes: 'shop/trusted' },
      { reads: ['shop/trusted', 'shop/pr-1'], writes: 'shop/pr-1' },
    ]);
  });

  it('never give a trusted build, a reader or another pull request what a pull request wrote, though it wrote first', async () => {
    const { write, read } = open();
    expect(await write(pr1, 'h', 'poison')).toBe('stored');
    for (const other of [main, pr12, reader, admin, as('pr:1', 'shop'), as('trusted', 'shop')]) {
      expect(await read(other, 'h')).toBeUndefined();
    }
    expect(await write(main, 'h', 'good')).toBe('stored');
    for (const other of [main, pr12, reader, admin]) expect(await read(other, 'h')).toBe('good');
  });

  it('give a pull request what is trusted before what it wrote itself', async () => {
    const { write, read } = open();
    await write(pr1, 'h', 'own');
    expect(await read(pr1, 'h')).toBe('own');
    await write(main, 'h', 'good');
    expect(await read(pr1, 'h')).toBe('good');
  });

  it('let the first write win inside of each', async () => {
    const { write, read } = open();
    for (const principal of [main, pr1, pr12]) {
      expect(await write(principal, 'h', `${principal.name} 1`)).toBe('stored');
      expect(await write(principal, 'h', `${principal.name} 2`)).toBe('present');
    }
    expect(await read(main, 'h')).toBe('trusted of default 1');
  });

  it('let readers write nothing', async () => {
    const { write, read, cache } = open();
    for (const principal of [reader, admin]) {
      expect(await cache.writability(principal, 'h')).toBe('forbidden');
      expect(await write(principal, 'h', 'anything')).toBe('forbidden');
    }
    expect(await read(main, 'h')).toBeUndefined();
  });

  it('avoid an upload that no client would be given', async () => {
    const { write, cache } = open();
    await write(pr1, 'own', 'x');
    await write(main, 'trusted', 'x');
    const ask = async (principal: Principal): Promise<string[]> =>
      Promise.all(['own', 'trusted', 'new'].map((hash) => cache.writability(principal, hash)));
    expect(await ask(main)).toEqual(['writable', 'present', 'writable']);
    expect(await ask(pr1)).toEqual(['present', 'present', 'writable']);
    expect(await ask(pr12)).toEqual(['writable', 'present', 'writable']);
  });

  it('record who wrote an entry, with which trust, and when', async () => {
    const { write, cache } = open();
    await write(pr12, 'h', 'x');
    const hit = await cache.find(pr12, 'h');
    hit?.body.destroy();
    expect(hit?.record).toEqual({
      name: { namespace: 'default/pr-12', hash: 'h' },
      digest: { hash: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', sizeBytes: 1 },
      writer: 'pr:12 of default',
      tier: 'pr:12',
      created: new Date('2026-03-01T00:00:00.000Z'),
    });
  });

  it('bound what pull requests hold, and nothing else', () => {
    const { covers } = pullRequestShare(1);
    expect(['default/pr-1', 'shop/pr-123', 'default/trusted', 'pr-1/trusted'].map(covers)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
