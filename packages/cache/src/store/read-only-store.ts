import type { Readable } from 'node:stream';
import type { Digest } from '@wheelhouse/element';
import type { CacheStore } from './cache-store.js';
import type { EntryName, EntryRecord } from './entry.js';
import { StoreFailure } from './store-failure.js';

/** A read-only store. A caller that checks {@link isReadOnly} first does not receive a body in vain. */
export class ReadOnlyStore implements CacheStore {
  readonly isReadOnly = true;

  constructor(private readonly store: CacheStore) {}

  async get(name: EntryName): Promise<EntryRecord | undefined> {
    return await this.store.get(name);
  }

  /** @throws StoreFailure `read-only` */
  add({ name }: EntryRecord): Promise<never> {
    return Promise.reject(new StoreFailure('read-only', `${name.namespace} is read-only`));
  }

  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    return await this.store.findMissing(digests);
  }

  async open(digest: Digest): Promise<Readable> {
    return await this.store.open(digest);
  }
}
