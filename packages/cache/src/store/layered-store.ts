import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { type Digest } from '@wheelhouse/element';
import { formatDigest } from '@wheelhouse/element/internal';
import type { CacheStore } from './cache-store.js';
import type { EntryName, EntryRecord } from './entry.js';
import type { ReceivedBody, Spool } from './spool.js';
import { StoreFailure } from './store-failure.js';

/** What a {@link LayeredStore} is made with. */
export interface LayeredStoreOptions {
  /** The one that is fast, and may forget: usually a disk. */
  readonly near: CacheStore;
  /** The one that counts: what it lacks is not stored. */
  readonly far: CacheStore;
  /** Where bodies from afar are received for the near one. */
  readonly spool: Spool;
  /** Told what the near store could not do; the far one does it instead. */
  readonly onNearFault: (error: unknown) => void;
}

/** Records from afar whose bodies have not been asked for yet are remembered, at most so many. */
const MOST_AWAITED = 1000;

/**
 * A near store before a far one. What is read from the far one fills the near one on its way to the reader. What is
 * written goes to the far one first, and to the near one only if it won there, so that nothing is called stored that the
 * far one lacks. The near one is never the reason for a failure. See docs/adr/0057-layered-and-read-only-stores.md.
 */
export class LayeredStore implements CacheStore {
  /** By the texts of their bodies' digests. */
  private readonly awaited = new Map<string, EntryRecord>();
  private readonly filling = new Set<string>();

  constructor(private readonly options: LayeredStoreOptions) {}

  get isReadOnly(): boolean {
    return this.options.far.isReadOnly === true;
  }

  async get(name: EntryName): Promise<EntryRecord | undefined> {
    const { near, far } = this.options;
    const there = await this.nearly(() => near.get(name));
    if (there !== undefined) return there;
    const record = await far.get(name);
    if (record !== undefined) this.await(record);
    return record;
  }

  async add(record: EntryRecord, body: ReceivedBody): Promise<'stored' | 'present'> {
    const { near, far } = this.options;
    const outcome = await far.add(record, body);
    if (outcome === 'stored') await this.nearly(() => near.add(record, body));
    return outcome;
  }

  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    const { near, far } = this.options;
    const missing = (await this.nearly(() => near.findMissing(digests))) ?? digests;
    return missing.length === 0 ? [] : await far.findMissing(missing);
  }

  async open(digest: Digest): Promise<Readable> {
    const { near, far } = this.options;
    const there = await this.nearly(() => near.open(digest));
    if (there !== undefined) return there;
    const body = await far.open(digest);
    const record = this.awaited.get(formatDigest(digest));
    if (record === undefined || this.filling.has(digest.hash)) return body;
    this.awaited.delete(formatDigest(digest));
    return this.fillFrom(body, record);
  }

  /** The same bytes, which are received for the near store while they are read. */
  private fillFrom(body: Readable, record: EntryRecord): Readable {
    const { digest } = record;
    // Errors of it are reported by its receiver.
    const copy = new PassThrough().on('error', () => undefined);
    this.filling.add(digest.hash);
    const filled = this.nearly(() => this.fill(copy, record)).finally(() => {
      this.filling.delete(digest.hash);
      copy.destroy();
    });
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for await (const piece of body as AsyncIterable<Uint8Array>) {
          // Destroyed if it could not be received; the reader continues in any case.
          if (!copy.destroyed && !copy.write(piece)) await Promise.race([once(copy, 'drain'), filled]);
          yield piece;
        }
        copy.end();
        // The end is signalled when the near one has it, so that the next request finds it there.
        await filled;
      } finally {
        body.destroy();
        if (!copy.writableEnded) copy.destroy(new StoreFailure('short', 'the body was not read to its end'));
      }
    };
    return Readable.from(pieces(), { objectMode: false, highWaterMark: body.readableHighWaterMark });
  }

  private async fill(copy: Readable, record: EntryRecord): Promise<void> {
    const { near, spool } = this.options;
    try {
      const received = await spool.receive(copy as AsyncIterable<Uint8Array>, record.digest.sizeBytes);
      try {
        if (received.digest.hash !== record.digest.hash) {
          throw new Error(`the far store has bytes that do not match ${record.digest.hash}`);
        }
        await near.add(record, received);
      } finally {
        await received.dispose();
      }
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.reason !== 'short') throw error;
    }
  }

  private await(record: EntryRecord): void {
    this.awaited.set(formatDigest(record.digest), record);
    const [oldest] = this.awaited.keys();
    if (this.awaited.size > MOST_AWAITED && oldest !== undefined) this.awaited.delete(oldest);
  }

  /** What the near store answers; nothing if it cannot, or has not. */
  private async nearly<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.reason !== 'gone') this.options.onNearFault(error);
      return undefined;
    }
  }
}
