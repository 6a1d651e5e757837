import { Readable } from 'node:stream';
import type { Digest } from '@wheelhouse/element';
import { bodyOf, largestEntry, planCollection } from '../collection-plan.js';
import { parseRecord, recordText, type EntryName, type EntryRecord } from '../entry.js';
import type { Collection, KeepingOptions, KeptStore, Retention, SurveyedBody, SurveyedEntry } from '../keeping.js';
import { Pins } from '../pins.js';
import type { ReceivedBody } from '../spool.js';
import { StoreFailure } from '../store-failure.js';
import { BodyUpload } from './body-upload.js';
import { statusOf, type Bucket, type ListedObject } from './bucket.js';
import { BLOBS, bodyHash, bodyKey, ENTRIES, entryName, recordKey } from './keys.js';
import { openBody } from './resumed-read.js';

/** What an {@link S3Store} is made with. */
export interface S3StoreOptions extends KeepingOptions {
  readonly bucket: Bucket;
  /** Kept by collections alone, not by writes: only a listing of the bucket tells how much there is. */
  readonly retention: Retention;
}

const DAY_MS = 86_400_000;
/** What no record names may belong to a write that is under way; after this long it does not. */
const ABANDONED_MS = 3_600_000;
const REQUESTS_AT_A_TIME = 16;
const TRIES = 20;

/**
 * Entries in a bucket; see keys.ts. An object appears whole or not at all, and the service checks the SHA-256 of what it
 * is sent. The first writer of a record wins by a conditional write. Several servers may use one bucket at a time, and
 * its lifecycle may remove what it likes. See docs/adr/0056-entries-in-a-bucket.md.
 */
export class S3Store implements KeptStore {
  private readonly upload: BodyUpload;
  private readonly pins = new Pins();
  private deferred: ReadonlySet<string> = new Set();

  constructor(private readonly options: S3StoreOptions) {
    this.upload = new BodyUpload(options.bucket);
  }

  async get(name: EntryName): Promise<EntryRecord | undefined> {
    const found = await this.recordAt(name);
    if (found?.record === undefined) return undefined;
    await this.touch(name, found);
    return found.record;
  }

  async add(record: EntryRecord, body: ReceivedBody): Promise<'stored' | 'present'> {
    const { name, digest } = record;
    if (digest.sizeBytes > largestEntry(name.namespace, this.options.retention)) {
      throw new StoreFailure('room', `${digest.sizeBytes} bytes exceed the whole quota of ${name.namespace}`);
    }
    return await this.pins.during(digest.hash, async () => {
      if ((await this.recordAt(name))?.record !== undefined) return 'present';
      try {
        if (!(await this.has(digest))) await this.upload.send(body);
        return await this.publishRecord(record);
      } catch (error) {
        if (statusOf(error) !== 507) throw error;
        throw new StoreFailure('room', 'the bucket has no room left', { cause: error });
      }
    });
  }

  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    const missing = Readable.from(digests).filter(async (digest: Digest) => !(await this.has(digest)), {
      concurrency: REQUESTS_AT_A_TIME,
    });
    return (await missing.toArray()) as Digest[];
  }

  async open(digest: Digest): Promise<Readable> {
    return await openBody(this.options.bucket, digest);
  }

  async *surveyEntries(): AsyncGenerator<SurveyedEntry> {
    const { bucket } = this.options;
    const listed = Readable.from(bucket.list(ENTRIES));
    const look = async ({ key, modifiedMs }: ListedObject): Promise<SurveyedEntry[]> => {
      const name = entryName(key);
      const text = name === undefined ? undefined : (await this.textAt(key))?.text;
      if (name === undefined || text === undefined) return [];
      const record = parseRecord(text, name);
      return [{ path: bucket.addressOf(key), namespace: name.namespace, usedMs: modifiedMs, record }];
    };
    yield* listed.flatMap(look, { concurrency: REQUESTS_AT_A_TIME }) as AsyncIterable<SurveyedEntry>;
  }

  async *surveyBodies(): AsyncGenerator<SurveyedBody> {
    const { bucket } = this.options;
    for await (const { key, sizeBytes, modifiedMs } of bucket.list(BLOBS)) {
      const hash = bodyHash(key);
      if (hash !== undefined) yield { path: bucket.addressOf(key), hash, sizeBytes, writtenMs: modifiedMs };
    }
  }

  async remove(paths: readonly string[]): Promise<void> {
    const { bucket } = this.options;
    const root = bucket.addressOf('');
    await bucket.remove(paths.map((path) => path.slice(root.length)));
  }

  async collect(): Promise<Collection> {
    return await this.pins.collectOnce(() => this.collectNow());
  }

  private async collectNow(): Promise<Collection> {
    const { retention, now, bucket, onCollection } = this.options;
    const { remove, kept, named, bytes, shareBytes } = await planCollection(this.surveyEntries(), retention, now());
    const lost = [...remove.age, ...remove.quota, ...remove.unreadable];
    await this.remove(lost.map(({ path }) => path));
    const due = new Set([...this.deferred, ...lost.map(bodyOf)]);
    const [deferred, unnamed]: [Set<string>, SurveyedBody[]] = [new Set(), []];
    for await (const body of this.surveyBodies()) {
      if (named.has(body.hash)) continue;
      if (!due.has(body.hash) && now() - body.writtenMs <= ABANDONED_MS) continue;
      if (this.pins.has(body.hash)) deferred.add(body.hash);
      else unnamed.push(body);
    }
    await this.remove(unnamed.map(({ path }) => path));
    await bucket.abortUploads(BLOBS, now() - DAY_MS).catch((error: unknown) => {
      if (statusOf(error) !== 501) throw error;
    });
    const collection: Collection = {
      removed: { age: remove.age.length, quota: remove.quota.length, unreadable: remove.unreadable.length },
      freedBytes: unnamed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      entries: kept.length,
      bytes,
      shareBytes,
      deferred,
    };
    this.deferred = deferred;
    onCollection?.(collection);
    return collection;
  }

  private async has(digest: Digest): Promise<boolean> {
    return (await this.options.bucket.head(bodyKey(digest)))?.sizeBytes === digest.sizeBytes;
  }

  private async textAt(key: string): Promise<RecordText | undefined> {
    const found = await this.options.bucket.read(key);
    if (found === undefined) return undefined;
    const { body, etag, modifiedMs } = found;
    const pieces = (await body.toArray()) as Uint8Array[];
    return { text: Buffer.concat(pieces).toString('utf8'), etag, modifiedMs };
  }

  /** What is under the record's key, with the record where it can be read and its body is there. */
  private async recordAt(name: EntryName): Promise<(RecordText & { readonly record?: EntryRecord }) | undefined> {
    const found = await this.textAt(recordKey(name));
    if (found === undefined) return undefined;
    const record = parseRecord(found.text, name);
    return record !== undefined && (await this.has(record.digest)) ? { ...found, record } : found;
  }

  /** The same record once more makes it younger. One that may not write, or cannot now, leaves its age as it is. */
  private async touch(name: EntryName, { text, etag, modifiedMs }: RecordText): Promise<void> {
    const { retention, now, bucket } = this.options;
    if (now() - modifiedMs < Math.min(DAY_MS, retention.maxAgeMs / 10)) return;
    await bucket.putText(recordKey(name), text, { etag }).catch(() => undefined);
  }

  /** The first of several writers wins; a record that is of no use, since its body is gone, is replaced. */
  private async publishRecord(record: EntryRecord): Promise<'stored' | 'present'> {
    const { bucket } = this.options;
    const [key, text] = [recordKey(record.name), recordText(record)];
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await this.recordAt(record.name);
      // Where an answer was lost and the request sent again, it is our own that refuses it.
      if (found?.text === text) return 'stored';
      if (found?.record !== undefined) return 'present';
      if (await bucket.putText(key, text, found === undefined ? { absent: true } : { etag: found.etag }))
        return 'stored';
    }
    throw new Error(`${bucket.addressOf(key)} keeps changing`);
  }
}

interface RecordText {
  readonly text: string;
  readonly etag: string;
  readonly modifiedMs: number;
}
