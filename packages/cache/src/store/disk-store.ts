import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, type Digest } from '@wheelhouse/element';
import { largestEntry, type Retention } from './collection-plan.js';
import { collect } from './disk-collector.js';
import { DiskLayout } from './disk-layout.js';
import { surveyBodies, surveyEntries } from './disk-survey.js';
import { parseRecord, recordText, type EntryName, type EntryRecord } from './entry.js';
import type { Collection, KeptStore, SurveyedBody, SurveyedEntry } from './keeping.js';
import { Pins } from './pins.js';
import { noRoom, type ReceivedBody } from './spool.js';
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

/** How much older than now the time of an entry's last use must be before it is written again. */
const TOUCH_AFTER_MS = 60_000;
/** How much of a body is read from the disk at a time. */
const PIECE = 256 * 1024;

/**
 * Entries on a disk; see {@link DiskLayout}. Bodies and records appear whole or not at all: they are written under
 * another name, then linked or renamed. A process that is killed leaves nothing but files in `tmp` and bodies without an
 * entry, which collections remove. Several processes may use one directory at a time.
 */
export class DiskStore implements KeptStore {
  readonly layout: DiskLayout;
  private readonly pins = new Pins();
  /** What the last collection left, together with what was written since it began. */
  private usage: Usage | undefined;
  private added: Usage;
  private deferred: ReadonlySet<string> = new Set();
  private collecting: Promise<Collection> | undefined;

  constructor(private readonly options: DiskStoreOptions) {
    this.layout = new DiskLayout(options.directory);
    this.added = noUsage(options.retention);
  }

  async get(name: EntryName): Promise<EntryRecord | undefined> {
    const path = this.layout.recordPath(name);
    const record = await this.recordAt(path, name);
    if (record === undefined) return undefined;
    this.touch(path);
    return record;
  }

  async add(record: EntryRecord, body: ReceivedBody): Promise<'stored' | 'present'> {
    const path = this.layout.recordPath(record.name);
    this.refuseTooLarge(record);
    return await this.pins.during(record.digest.hash, async () => {
      try {
        if ((await this.recordAt(path, record.name)) !== undefined) return 'present';
        const isNewBody = !(await this.has(record.digest));
        await this.publishBody(record.digest, body.path);
        const outcome = await this.publishRecord(record, path);
        await this.keepWithinBounds(record, isNewBody);
        return outcome;
      } catch (error) {
        throw noRoom(error);
      }
    });
  }

  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    const there = await Promise.all(digests.map((digest) => this.has(digest)));
    return digests.filter((_, index) => there[index] !== true);
  }

  async open(digest: Digest): Promise<Readable> {
    let file: FileHandle;
    try {
      file = await open(this.layout.bodyPath(digest));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new StoreFailure('gone', `the body ${digest.hash} is gone`, { cause: error });
    }
    const { size } = await file.stat();
    if (size === digest.sizeBytes) return file.createReadStream({ highWaterMark: PIECE });
    await file.close();
    throw new StoreFailure('gone', `the body ${digest.hash} has ${size} bytes and not ${digest.sizeBytes}`);
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

  private async has(digest: Digest): Promise<boolean> {
    try {
      return (await stat(this.layout.bodyPath(digest))).size === digest.sizeBytes;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  private async recordAt(path: string, name: EntryName): Promise<EntryRecord | undefined> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    const record = parseRecord(text, name);
    return record !== undefined && (await this.has(record.digest)) ? record : undefined;
  }

  private touch(path: string): void {
    const now = this.options.now();
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - used < TOUCH_AFTER_MS) return;
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
   * Puts the received file in the body's place. Equal bytes that are there already are replaced by these, in one step:
   * if the disk has damaged them, this mends them.
   */
  private async publishBody(digest: Digest, received: string): Promise<void> {
    const path = this.layout.bodyPath(digest);
    const temporary = this.temporaryPath();
    try {
      await this.linkOrCopy(received, temporary);
      try {
        await rename(temporary, path);
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
      }
    } finally {
      // Where both names are of one file already, rename(2) does nothing and the other name stays.
      await rm(temporary, { force: true });
    }
  }

  private async linkOrCopy(from: string, to: string): Promise<void> {
    try {
      await link(from, to);
    } catch (error) {
      if (errnoOf(error) !== 'EXDEV' && errnoOf(error) !== 'ENOENT') throw error;
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
    }
  }

  /** link(2) makes the first of several writers win; one without a body is replaced. */
  private async publishRecord(record: EntryRecord, path: string): Promise<'stored' | 'present'> {
    const temporary = this.temporaryPath();
    try {
      mkdirSync(this.layout.temporary, { recursive: true });
      writeFileSync(temporary, recordText(record), { flag: 'wx', mode: 0o644 });
      const now = this.options.now() / 1000;
      utimesSync(temporary, now, now);
      mkdirSync(dirname(path), { recursive: true });
      try {
        linkSync(temporary, path);
        return 'stored';
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      if ((await this.recordAt(path, record.name)) !== undefined) return 'present';
      renameSync(temporary, path);
      return 'stored';
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  private temporaryPath(): string {
    return join(this.layout.temporary, `${process.pid}-${randomBytes(9).toString('base64url')}`);
  }
}

interface Usage {
  bytes: number;
  readonly shareBytes: number[];
}

function noUsage({ shares }: Retention): Usage {
  return { bytes: 0, shareBytes: shares.map(() => 0) };
}
