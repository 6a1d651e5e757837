import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '@wheelhouse/element';
import type { DiskStore } from '../store/disk-store.js';
import type { ReceivedBody } from '../store/spool.js';
import { StoreFailure } from '../store/store-failure.js';

/** An entry that can be served. */
export interface ServableEntry {
  readonly digest: Digest;
  open(): Promise<Readable>;
}

/** The entries that clones on one machine share, of one identity at one shared cache. */
export class LocalTier {
  /** @param namespace see `EntryName` */
  constructor(
    private readonly store: DiskStore,
    private readonly namespace: string,
    private readonly now: () => number,
  ) {}

  /** The entry, once every byte of it has been read and found to be the one that was kept. */
  async find(hash: string): Promise<ServableEntry | undefined> {
    const record = await this.store.get({ namespace: this.namespace, hash });
    if (record === undefined) return undefined;
    const { digest } = record;
    try {
      const sum = createHash('sha256');
      await pipeline(await this.store.open(digest), sum);
      if (sum.digest('hex') === digest.hash) return { digest, open: () => this.store.open(digest) };
    } catch (error) {
      if (error instanceof StoreFailure) return undefined;
      throw error;
    }
    // The disk has damaged it; without its body the entry counts as missing, and is made anew.
    await rm(this.store.layout.bodyPath(digest), { force: true });
    return undefined;
  }

  /** Keeps an entry whose archive has been checked; one that there is no room for is not kept. */
  async keep(hash: string, body: ReceivedBody): Promise<void> {
    const name = { namespace: this.namespace, hash };
    try {
      await this.store.add(
        { name, digest: body.digest, writer: 'proxy', tier: 'local', created: new Date(this.now()) },
        body,
      );
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
    }
  }
}
