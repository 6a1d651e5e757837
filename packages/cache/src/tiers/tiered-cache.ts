import type { Readable } from 'node:stream';
import type { CacheStore } from '../store/cache-store.js';
import type { Commit, EntryRecord } from '../store/entry.js';
import type { ReceivedBody } from '../store/spool.js';
import { StoreFailure } from '../store/store-failure.js';
import { accessOf } from './access.js';
import type { Principal } from './principal.js';
import { formatTier } from './tier.js';

/** An entry that was found, with its bytes. */
export interface Hit {
  readonly record: EntryRecord;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

/**
 * Whether an entry may be written: `writable`; `forbidden` for read-only clients; `read-only` for all; or `present`,
 * if the client would get another one anyway.
 */
export type Writability = 'writable' | 'forbidden' | 'read-only' | 'present';

/** A store as a client with a certain level of trust sees it. */
export class TieredCache {
  /** @param now the time in milliseconds since 1970, as `Date.now` */
  constructor(
    private readonly store: CacheStore,
    private readonly now: () => number,
  ) {}

  /** The first entry of that hash in the namespaces that `principal` reads. */
  async find(principal: Principal, hash: string): Promise<Hit | undefined> {
    for (const namespace of accessOf(principal).reads) {
      const record = await this.store.get({ namespace, hash });
      if (record === undefined) continue;
      try {
        return { record, body: await this.store.open(record.digest) };
      } catch (error) {
        // Evicted between the two questions, or seen to be damaged by the second.
        if (!(error instanceof StoreFailure) || !['gone', 'damaged'].includes(error.reason)) throw error;
      }
    }
    return undefined;
  }

  /** Asked before a body is received. */
  async writability(principal: Principal, hash: string): Promise<Writability> {
    const { reads, writes } = accessOf(principal);
    if (writes === undefined) return 'forbidden';
    if (this.store.isReadOnly === true) return 'read-only';
    for (const namespace of reads) {
      if ((await this.store.get({ namespace, hash })) !== undefined) return 'present';
    }
    return 'writable';
  }

  /**
   * Publishes what `principal` wrote, in the one namespace that it writes.
   *
   * @returns `present` if another writer was first
   * @throws StoreFailure `room`
   */
  async add(
    principal: Principal,
    hash: string,
    content: { readonly body: ReceivedBody; readonly commit?: Commit | undefined },
  ): Promise<'stored' | 'present' | 'forbidden'> {
    const { writes } = accessOf(principal);
    if (writes === undefined) return 'forbidden';
    const record: EntryRecord = {
      name: { namespace: writes, hash },
      digest: content.body.digest,
      writer: principal.name,
      tier: formatTier(principal.tier),
      created: new Date(this.now()),
      ...(content.commit === undefined ? {} : { commit: content.commit }),
    };
    return await this.store.add(record, content.body);
  }
}
