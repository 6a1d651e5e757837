import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, type Digest } from '@wheelhouse/element';
import { LRUCache } from 'lru-cache';
import { largestEntry, type Retention } from './collection-plan.js';
import { BytesBody, FileBody, type DiskBody } from './disk-body.js';
import { collect } from './disk-collector.js';
import { DiskLayout } from './disk-layout.js';
import { surveyBodies, surveyEntries } from './disk-survey.js';
import { parseRecord, recordText, type EntryName, type EntryRecord } from './entry.js';
import type { Collection, KeptStore, SurveyedBody, SurveyedEntry } from './keeping.js';
import { Pins } from './pins.js';
import { noRoom, SMALL_BODY, type ReceivedBody } from './spool.js';
import { StoreFailure } from './store-failure.js';

/** What a {@link DiskStore} is made with. */
export interface DiskStoreOptions {
  /** Absolute path of the data directory, made when first written to. */
  readonly directory: string;
  readonly retention: Retention;
  /** The time in milliseconds since 1970, as `Date.now`. */
  readonly now: () => number;
  /** Told of every collection, whoever asked for it. */
  readonly onCollection?: (collection: Collection) => void;
}

const RECORDS_IN_MEMORY = 10_000;
const BYTES_IN_MEMORY = 16 * 1024 * 1024;
/** How much older than now the time of an entry's last use must be before it is written again. */
const TOUCH_AFTER_MS = 60_000;

/**
 * Entries on a disk; see {@link DiskLayout}. Bodies and records appear whole or not at all: they are written under
 * another name, then linked or renamed. A process that is killed leaves nothing but files in `tmp` and bodies without an
 * entry, which collections remove. Several processes may use one directory at a time.
 *
 * Names and small files are read and written in the thread that asks, which takes microseconds; large ones are not.
 */
export class DiskStore implements KeptStore {
  readonly layout: DiskLayout;
  /** What files are called by that this process writes, and no other one. */
  private readonly prefix = `${process.pid}-${randomBytes(6).toString('hex')}-`;
  private count = 0;
  private readonly pins = new Pins();
  /** The hashes of bodies that were seen to have other bytes, until they are replaced. */
  private readonly damaged = new Set<string>();
  /** Records as they were last read, by their paths: asking whether they have changed is faster than reading them. */
  private readonly records = new LRUCache<string, { readonly version: string; readonly record: EntryRecord }>({
    max: RECORDS_IN_MEMORY,
  });
  /** Small bodies as they were last read, by their hashes. */
  private readonly bodies = new LRUCache<string, Buffer>({
    maxSize: BYTES_IN_MEMORY,
    sizeCalculation: ({ byteLength }) => byteLength + 1,
  });
  /** What the last collection left, together with what was written since it began. */
  private usage: Usage | undefined;
  private added: Usage;
  private deferred: ReadonlySet<string> = new Set();
  private collecting: Promise<Collection> | undefined;

  constructor(private readonly options: DiskStoreOptions) {
    this.layout = new DiskLayout(options.directory);
    this.added = noUsage(options.retention);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
  async get(name: EntryName): Promise<EntryRecord | undefined> {
    const path = this.layout.recordPath(name);
    const stats = statSync(path, { throwIfNoEntry: false });
    const record = stats === undefined ? undefined : this.recordAt(path, name, stats);
    if (stats === undefined || record === undefined) return undefined;
    this.touch(path, stats);
    return record;
  }

  async add(record: EntryRecord, body: ReceivedBody): Promise<'stored' | 'present'> {
    const path = this.layout.recordPath(record.name);
    this.refuseTooLarge(record);
    return await this.pins.during(record.digest.hash, async () => {
      try {
        if (this.recordAt(path, record.name) !== undefined) return 'present';
        const isNewBody = !this.has(record.digest);
        await this.publishBody(body);
        const outcome = this.publishRecord(record, path);
        await this.keepWithinBounds(record, isNewBody);
        return outcome;
      } catch (error) {
        throw noRoom(error);
      }
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    return digests.filter((digest) => !this.has(digest));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
  async open(digest: Digest): Promise<DiskBody> {
    const small = this.bodies.get(digest.hash);
    if (small !== undefined && this.has(digest)) return new BytesBody(small);
    let descriptor: number;
    try {
      descriptor = openSync(this.layout.bodyPath(digest), 'r');
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new StoreFailure('gone', `the body ${digest.hash} is gone`, { cause: error });
    }
    let body: DiskBody | undefined;
    try {
      const { size } = fstatSync(descriptor);
      if (size !== digest.sizeBytes) {
        throw new StoreFailure('gone', `the body ${digest.hash} has ${size} bytes and not ${digest.sizeBytes}`);
      }
      if (size > SMALL_BODY) body = new FileBody(descriptor, size);
      else {
        const bytes = this.checked(digest, readAll(descriptor, size));
        this.bodies.set(digest.hash, bytes);
        return new BytesBody(bytes);
      }
    } finally {
      if (body === undefined) closeSync(descriptor);
    }
    return body;
  }

  surveyEntries(): AsyncIterable<SurveyedEntry> {
    return surveyEntries(this.layout);
  }

  surveyBodies(): AsyncIterable<SurveyedBody> {
    return surveyBodies(this.layout);
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) await rm(path, { force: true });
  }

  /** Removes what is too old or too much, as `collect`. One that is under way is waited for and not begun again. */
  async collect(): Promise<Collection> {
    this.collecting ??= this.pins
      .whileCollecting(() => this.collectNow())
      .finally(() => {
        this.collecting = undefined;
      });
    return await this.collecting;
  }

  private async collectNow(): Promise<Collection> {
    this.added = noUsage(this.options.retention);
    const collection = await collect(this.layout, this.options.retention, {
      now: this.options.now(),
      isPinned: (hash) => this.pins.has(hash),
      deferred: this.deferred,
    });
    this.deferred = collection.deferred;
    // What was written meanwhile may be counted twice, which the next collection puts right.
    this.usage = {
      bytes: collection.bytes + this.added.bytes,
      shareBytes: collection.shareBytes.map((bytes, index) => bytes + (this.added.shareBytes[index] ?? 0)),
    };
    this.options.onCollection?.(collection);
    return collection;
  }

  /** One that a power cut or the disk has damaged counts as missing, and is replaced by the next of that digest. */
  private checked(digest: Digest, bytes: Buffer): Buffer {
    if (createHash('sha256').update(bytes).digest('hex') === digest.hash) return bytes;
    this.damaged.add(digest.hash);
    throw new StoreFailure('damaged', `the body ${digest.hash} has other bytes than those of its digest`);
  }

  private has(digest: Digest): boolean {
    if (this.damaged.has(digest.hash)) return false;
    return statSync(this.layout.bodyPath(digest), { throwIfNoEntry: false })?.size === digest.sizeBytes;
  }

  private recordAt(
    path: string,
    name: EntryName,
    stats: Stats | undefined = statSync(path, { throwIfNoEntry: false }),
  ): EntryRecord | undefined {
    if (stats === undefined) return undefined;
    const version = [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ');
    let known = this.records.get(path);
    if (known?.version !== version) {
      const record = readRecord(path, name);
      if (record === undefined) return undefined;
      known = { version, record };
      this.records.set(path, known);
    }
    return this.has(known.record.digest) ? known.record : undefined;
  }

  private touch(path: string, { mtimeMs }: Stats): void {
    const now = this.options.now();
    if (now - mtimeMs < TOUCH_AFTER_MS) return;
    try {
      utimesSync(path, now / 1000, now / 1000);
    } catch (error) {
      // Evicted since; or a directory that may only be read, whose entries age by when they were written.
      if (!['ENOENT', 'EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
    }
  }

  /** @throws StoreFailure `room` where no collection could make room for the entry */
  private refuseTooLarge({ name, digest: { sizeBytes } }: EntryRecord): void {
    if (sizeBytes <= largestEntry(name.namespace, this.options.retention)) return;
    throw new StoreFailure('room', `${sizeBytes} bytes are more than all that ${name.namespace} may hold`);
  }

  /** Counts an entry that was published, and collects where it is one too many. */
  private async keepWithinBounds({ name, digest: { sizeBytes } }: EntryRecord, isNewBody: boolean): Promise<void> {
    const { shares } = this.options.retention;
    for (const usage of this.usage === undefined ? [this.added] : [this.added, this.usage]) {
      if (isNewBody) usage.bytes += sizeBytes;
      shares.forEach((share, index) => {
        if (share.covers(name.namespace)) usage.shareBytes[index] = (usage.shareBytes[index] ?? 0) + sizeBytes;
      });
    }
    // The first may have begun before the entry was there; after the second what is left to do is for later writers.
    for (let round = 0; round < 2 && this.isOver(); round++) await this.collect();
  }

  private isOver(): boolean {
    const { usage } = this;
    const { quotaBytes, shares } = this.options.retention;
    if (usage === undefined || usage.bytes > quotaBytes) return true;
    return shares.some((share, index) => (usage.shareBytes[index] ?? 0) > share.bytes);
  }

  /**
   * Puts the received file in the body's place. Equal bytes that are there already stay where that is quickly seen, else
   * they are replaced by these, in one step: if the disk has damaged them, this mends them.
   */
  private async publishBody(body: ReceivedBody): Promise<void> {
    const path = this.layout.bodyPath(body.digest);
    if (body.bytes !== undefined && isSame(path, body.bytes)) {
      this.damaged.delete(body.digest.hash);
      return;
    }
    const temporary = this.temporaryPath();
    try {
      if (body.bytes === undefined) await this.linkOrCopy(body.file(), temporary);
      else this.create(temporary, body.bytes);
      this.withDirectory(path, () => {
        renameSync(temporary, path);
      });
      this.damaged.delete(body.digest.hash);
    } finally {
      // Where both names are of one file already, rename(2) does nothing and the other name stays.
      rmSync(temporary, { force: true });
    }
  }

  private async linkOrCopy(from: string, to: string): Promise<void> {
    try {
      linkSync(from, to);
    } catch (error) {
      if (errnoOf(error) !== 'EXDEV' && errnoOf(error) !== 'ENOENT') throw error;
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
    }
  }

  /** link(2) makes the first of several writers win; one without a body is replaced. */
  private publishRecord(record: EntryRecord, path: string): 'stored' | 'present' {
    const temporary = this.temporaryPath();
    try {
      this.create(temporary, recordText(record));
      const now = this.options.now() / 1000;
      utimesSync(temporary, now, now);
      try {
        this.withDirectory(path, () => {
          linkSync(temporary, path);
        });
        return 'stored';
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      if (this.recordAt(path, record.name) !== undefined) return 'present';
      renameSync(temporary, path);
      return 'stored';
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** A file that no other process can have. */
  private create(path: string, content: string | Uint8Array): void {
    this.withDirectory(path, () => {
      writeFileSync(path, content, { flag: 'wx', mode: 0o644 });
    });
  }

  /** Most directories are there: to make sure each time takes longer than to find out. */
  private withDirectory(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      mkdirSync(dirname(path), { recursive: true });
      work();
    }
  }

  private temporaryPath(): string {
    return join(this.layout.temporary, `${this.prefix}${this.count++}`);
  }
}

function readRecord(path: string, name: EntryName): EntryRecord | undefined {
  try {
    return parseRecord(readFileSync(path, 'utf8'), name);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isSame(path: string, bytes: Buffer): boolean {
  try {
    return existsSync(path) && readFileSync(path).equals(bytes);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function readAll(descriptor: number, sizeBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let length = 0;
  while (length < sizeBytes) {
    const read = readSync(descriptor, bytes, length, sizeBytes - length, length);
    if (read === 0) throw new Error(`a file of ${sizeBytes} bytes ended after ${length}`);
    length += read;
  }
  return bytes;
}

interface Usage {
  bytes: number;
  readonly shareBytes: number[];
}

function noUsage({ shares }: Retention): Usage {
  return { bytes: 0, shareBytes: shares.map(() => 0) };
}
