import { createHash } from 'node:crypto';
import { closeSync, fstatSync, linkSync, openSync, renameSync, statSync, utimesSync, type Stats } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Digest } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';
import { LRUCache } from 'lru-cache';
import { largestEntry } from './collection-plan.js';
import { BytesBody, FileBody, type DiskBody } from './disk-body.js';
import { collect } from './disk-collector.js';
import {
  createFile,
  OwnNames,
  readAll,
  readTextIfThere,
  removeFile,
  renewIfSame,
  withDirectory,
} from './disk-files.js';
import { DiskLayout } from './disk-layout.js';
import { surveyBodies, surveyEntries } from './disk-survey.js';
import { DiskUsage } from './disk-usage.js';
import { parseRecord, recordText, type EntryName, type EntryRecord } from './entry.js';
import type { Collection, KeepingOptions, KeptStore, SurveyedBody, SurveyedEntry } from './keeping.js';
import { Pins } from './pins.js';
import { noRoom, SMALL_BODY, type ReceivedBody } from './spool.js';
import { StoreFailure } from './store-failure.js';

/** What a {@link DiskStore} is made with. */
export interface DiskStoreOptions extends KeepingOptions {
  /** Absolute path of the data directory, made when first written to. */
  readonly directory: string;
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
  private readonly names: OwnNames;
  private readonly pins = new Pins();
  /** The hashes of bodies that were seen to have other bytes, until they are replaced. */
  private readonly damaged = new Set<string>();
  /** Records as they were last read, by their paths: asking whether they have changed is faster than reading them. */
  private readonly records = new LRUCache<string, { readonly stats: Stats; readonly record: EntryRecord }>({
    max: RECORDS_IN_MEMORY,
  });
  /** Small bodies as they were last read, by their hashes. */
  private readonly bodies = new LRUCache<string, Buffer>({
    maxSize: BYTES_IN_MEMORY,
    sizeCalculation: ({ byteLength }) => byteLength + 1,
  });
  private readonly usage: DiskUsage;
  private deferred: ReadonlySet<string> = new Set();

  constructor(private readonly options: DiskStoreOptions) {
    this.layout = new DiskLayout(options.directory);
    this.names = new OwnNames(this.layout.temporary);
    this.usage = new DiskUsage(options.retention);
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
        const isNewBody = await this.publishBody(body);
        const outcome = this.publishRecord(record, path);
        this.usage.add(record, isNewBody);
        // The first may have begun before the entry was there; after the second what is left to do is for later writers.
        for (let round = 0; round < 2 && this.usage.isOver; round++) await this.collect();
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
        throw new StoreFailure('gone', `the body ${digest.hash} has ${size} bytes instead of ${digest.sizeBytes}`);
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

  async collect(): Promise<Collection> {
    return await this.pins.collectOnce(() => this.collectNow());
  }

  private async collectNow(): Promise<Collection> {
    this.usage.beginCollection();
    const collection = await collect(this.layout, this.options.retention, {
      now: this.options.now(),
      isPinned: (hash) => this.pins.has(hash),
      deferred: this.deferred,
    });
    this.deferred = collection.deferred;
    this.usage.endCollection(collection);
    this.options.onCollection?.(collection);
    return collection;
  }

  /** One that a power cut or the disk has damaged counts as missing, and is replaced by the next of that digest. */
  private checked(digest: Digest, bytes: Buffer): Buffer {
    if (createHash('sha256').update(bytes).digest('hex') === digest.hash) return bytes;
    this.damaged.add(digest.hash);
    throw new StoreFailure('damaged', `the body ${digest.hash} does not match its digest`);
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
    let known = this.records.get(path);
    if (known === undefined || !isSameVersion(known.stats, stats)) {
      const text = readTextIfThere(path);
      const record = text === undefined ? undefined : parseRecord(text, name);
      if (record === undefined) return undefined;
      known = { stats, record };
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

  /** @throws StoreFailure `room` if no collection could make room for the entry */
  private refuseTooLarge({ name, digest: { sizeBytes } }: EntryRecord): void {
    if (sizeBytes <= largestEntry(name.namespace, this.options.retention)) return;
    throw new StoreFailure('room', `${sizeBytes} bytes exceed the whole quota of ${name.namespace}`);
  }

  /**
   * Puts the received file in the body's place. Equal bytes that already exist stay where that is quickly seen, else
   * they are replaced by these, in one step: if the disk has damaged them, this repairs them.
   *
   * @returns whether there was none
   */
  private async publishBody(body: ReceivedBody): Promise<boolean> {
    const path = this.layout.bodyPath(body.digest);
    if (body.bytes !== undefined && renewIfSame(path, body.bytes, this.options.now())) {
      this.damaged.delete(body.digest.hash);
      return false;
    }
    const isNew = !this.has(body.digest);
    const temporary = this.names.next();
    try {
      if (body.bytes === undefined) await linkOrCopy(body.file(), temporary);
      else createFile(temporary, body.bytes);
      withDirectory(path, () => {
        renameSync(temporary, path);
      });
      this.damaged.delete(body.digest.hash);
      return isNew;
    } finally {
      // Where both names are of one file already, rename(2) does nothing and the other name stays.
      removeFile(temporary);
    }
  }

  /** link(2) makes the first of several writers win; one without a body is replaced. */
  private publishRecord(record: EntryRecord, path: string): 'stored' | 'present' {
    const temporary = this.names.next();
    try {
      createFile(temporary, recordText(record));
      const now = this.options.now() / 1000;
      utimesSync(temporary, now, now);
      try {
        withDirectory(path, () => {
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
      removeFile(temporary);
    }
  }
}

function isSameVersion(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV' && errnoOf(error) !== 'ENOENT') throw error;
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
  }
}
