import type { Readable } from 'node:stream';
import type { Digest } from '@wheelhouse/element';
import type { EntryName, EntryRecord } from './entry.js';
import type { ReceivedBody } from './spool.js';

/**
 * Where entries are kept: records by their names, bodies by their digests. What REAPI's ContentAddressableStorage and
 * ActionCache offer is enough for it: bodies are requested and sent by digest, and the store may evict them at
 * any time. It is not told of namespaces more than that they are part of a name.
 */
export interface CacheStore {
  /** Whether nothing is taken, so that there is no use in receiving a body. */
  readonly isReadOnly?: boolean;
  /** The record, only when its body is there too. Counts as a use of the entry. */
  get(name: EntryName): Promise<EntryRecord | undefined>;
  /**
   * Publishes an entry, its body before its record. The first one wins: if there is one already, that one stays,
   * unless its body is gone and this one has another.
   *
   * @returns whether it is this entry that is there now, or one was `present` before
   * @throws StoreFailure `room`, `read-only`
   */
  add(record: EntryRecord, body: ReceivedBody): Promise<'stored' | 'present'>;
  /** Those of `digests` whose bodies do not exist. */
  findMissing(digests: readonly Digest[]): Promise<Digest[]>;
  /** The body's bytes. It has been found when this resolves, and being evicted no longer hurts. @throws StoreFailure `gone`, `damaged` */
  open(digest: Digest): Promise<Readable>;
}
