import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord, ArtifactStore, Key } from '../plugin/ports.js';
import { errnoOf } from '../base/errno.js';
import { storeError } from './store-error.js';
import { lockFile } from './file-lock.js';
import { hasBlobs } from './record-blobs.js';
import { formatRecord, parseRecord } from './record-text.js';
import { makeDirectory } from '../base/make-directory.js';

/**
 * Records as files of two lines of JSON: `<store>/artifacts/<first two digits>/<key>.json`.
 *
 * A record is written below `<store>/tmp`, then linked to its name, which only the first can do. Like blobs, records are
 * not flushed to the disk, since that would wait for everything else that is being written there. After a power cut a
 * record can be truncated or its blobs can be gone: then it is not valid JSON, or incomplete, and it counts as absent.
 */
export class DiskArtifactStore implements ArtifactStore {
  /** @param directory the store's directory; made when first written to */
  constructor(
    readonly directory: string,
    private readonly blobs: BlobStore,
  ) {}

  /** Where the record of `key` is, if it is here. */
  pathOf(key: Key): string {
    return join(this.directory, 'artifacts', key.slice(0, 2), `${key}.json`);
  }

  /** The keys of the records that are here and begin with these hexadecimal digits, two or more of them. */
  keysFrom(digits: string): Key[] {
    const names = entriesOf(join(this.directory, 'artifacts', digits.slice(0, 2)));
    return names.filter((name) => name.startsWith(digits)).map((name) => name.slice(0, -'.json'.length) as Key);
  }

  /** The keys of all records here of elements of that name, last built first. Reads each record's first line. */
  keysOf(element: string): Key[] {
    const found: { readonly key: Key; readonly started: number }[] = [];
    const named = JSON.stringify(element);
    for (const digits of entriesOf(join(this.directory, 'artifacts'))) {
      for (const key of this.keysFrom(digits)) {
        const bytes = bytesAt(this.pathOf(key));
        const record = bytes?.includes(named) === true ? parseRecord(bytes, key) : undefined;
        // The result of an action has the name of the element that it first ran for, and no key of it.
        if (record?.element === element && 'inputs' in record) found.push({ key, started: record.started });
      }
    }
    return found.sort((a, b) => b.started - a.started).map(({ key }) => key);
  }

  /** The record of `key`, even if some of its blobs are gone. */
  recordOf(key: Key): ArtifactRecord | undefined {
    const bytes = bytesAt(this.pathOf(key));
    return bytes === undefined ? undefined : parseRecord(bytes, key);
  }

  async get(key: Key): Promise<ArtifactRecord | undefined> {
    const record = this.recordOf(key);
    return record !== undefined && (await hasBlobs(this.blobs, record)) ? record : undefined;
  }

  async put(key: Key, record: ArtifactRecord): Promise<ArtifactRecord> {
    const temporary = join(this.directory, 'tmp', `${process.pid}-${randomBytes(9).toString('base64url')}`);
    try {
      writeRecord(temporary, formatRecord(record));
      return await this.publish(key, record, temporary);
    } catch (error) {
      throw storeError(error, 'write to', this.directory);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  private async publish(key: Key, record: ArtifactRecord, temporary: string): Promise<ArtifactRecord> {
    const path = this.pathOf(key);
    makeDirectory(dirname(path));
    try {
      linkSync(temporary, path);
      return record;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
    // Another build of the same key was first: its record stands, unless it is that of a failure.
    const standing = await this.get(key);
    if (standing?.exitCode === 0) return standing;
    // The existing record is replaced: it is a failure, truncated, or its blobs are gone. Other writers that found the same
    // wait meanwhile, and adopt the new one. It is never removed first, so that no third writer can link in between.
    const lock = await lockFile(join(this.directory, 'locks', `record-${key}.lock`));
    try {
      const replaced = await this.get(key);
      if (replaced?.exitCode === 0) return replaced;
      renameSync(temporary, path);
      return record;
    } finally {
      await lock?.release();
    }
  }
}

function bytesAt(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storeError(error, 'read', path);
  }
}

/** The names in a directory, none if it does not exist. */
function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw storeError(error, 'read', path);
  }
}

function writeRecord(path: string, text: string): void {
  makeDirectory(dirname(path));
  const file = openSync(path, 'wx', 0o644);
  try {
    const bytes = Buffer.from(text, 'utf8');
    let written = 0;
    while (written < bytes.byteLength) written += writeSync(file, bytes, written);
    fchmodSync(file, 0o644);
  } finally {
    closeSync(file);
  }
}
