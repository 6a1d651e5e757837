import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf, sameDigest, type Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { corrupt, mismatch, missing, tooLong } from './blob-error.js';
import { errnoOf } from '../base/errno.js';
import { storeError } from './store-error.js';
import { makeDirectory } from '../base/make-directory.js';

/** Up to this many bytes a blob goes through memory in one piece, and a whole read of it checks its hash. */
export const SMALL_BLOB: number = 256 * 1024;

const CHUNK = 1024 * 1024;
const EMPTY = digestOf('');

/**
 * Blobs as files: `<store>/cas/<first two digits>/<hash>`.
 *
 * A blob appears complete or not at all: it is written and checked below `<store>/tmp`, then renamed. Its mode is 0644,
 * since kept trees link to it and show the mode; nothing may ever write to it. Its time means nothing.
 *
 * Blobs are not flushed to the disk one by one, which takes several times as long as writing small ones does. After a
 * power cut, blobs of the last half minute can be absent, or there with too few bytes, since the file systems in use
 * record a length only when the bytes are written (ext4 in its ordered mode, XFS, Btrfs). Both count as missing here,
 * so what they belonged to is made again. Where a file system promises less, whole reads of small blobs, thus of every
 * `Directory`, notice by the hash; `VerifyingBlobStore` notices for all.
 *
 * The empty blob is always there, whether or not a file holds it.
 */
export class DiskBlobStore implements BlobStore {
  private readonly cas: string;
  private readonly temporary: string;

  /** @param directory the store's directory; made when first written to */
  constructor(readonly directory: string) {
    this.cas = join(directory, 'cas');
    this.temporary = join(directory, 'tmp');
  }

  /** Where the blob is, if it is here. The file may be read and linked to, never written to. */
  pathOf(digest: Digest): string {
    return join(this.cas, digest.hash.slice(0, 2), digest.hash);
  }

  /** Whether the blob is here, by its length. */
  has(digest: Digest): boolean {
    if (sameDigest(digest, EMPTY)) return true;
    return statSync(this.pathOf(digest), { throwIfNoEntry: false })?.size === digest.sizeBytes;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what stat throws is a rejection
  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    try {
      return digests.filter((digest) => !this.has(digest));
    } catch (error) {
      throw storeError(error, 'look into', this.cas);
    }
  }

  async *read(digest: Digest, offset = 0): AsyncGenerator<Uint8Array> {
    if (sameDigest(digest, EMPTY)) return;
    if (digest.sizeBytes <= SMALL_BLOB) {
      const bytes = this.readSmall(digest);
      if (offset < bytes.byteLength) yield offset === 0 ? bytes : bytes.subarray(offset);
      return;
    }
    yield* this.readLarge(digest, offset);
  }

  /** All bytes of a blob of at most {@link SMALL_BLOB}, its hash checked. @throws ElementError STORE */
  readSmall(digest: Digest): Uint8Array {
    if (sameDigest(digest, EMPTY)) return new Uint8Array();
    const path = this.pathOf(digest);
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      throw errnoOf(error) === 'ENOENT' ? missing(digest, error) : storeError(error, 'read', path);
    }
    if (!sameDigest(digestOf(bytes), digest)) throw corrupt(digest, path);
    return bytes;
  }

  async write(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      if (digest.sizeBytes <= SMALL_BLOB) this.writeSmall(digest, await collect(digest, body));
      else await this.writeLarge(digest, body);
    } catch (error) {
      throw storeError(error, 'write to', this.directory);
    }
  }

  /**
   * Keeps a small blob that is in memory: {@link write} without a stream.
   * @throws ElementError STORE when the bytes are not those of the digest
   */
  writeSmall(digest: Digest, bytes: Uint8Array): void {
    const actual = digestOf(bytes);
    if (!sameDigest(actual, digest)) throw mismatch(digest, actual);
    this.keepSmall(digest, bytes);
  }

  /** {@link writeSmall} for bytes whose digest the caller has just computed. */
  keepSmall(digest: Digest, bytes: Uint8Array): void {
    const path = this.pathOf(digest);
    // Another writer was first, in this run or an earlier one. Its bytes are compared and not just counted, so that a
    // blob the disk has damaged is replaced by the next build that makes it.
    if (this.holds(path, bytes)) return;
    const temporary = this.temporaryPath();
    const file = this.openTemporary(temporary);
    try {
      try {
        writeAll(file, bytes);
        // What open(2) was asked for was narrowed by the umask.
        fchmodSync(file, 0o644);
      } finally {
        closeSync(file);
      }
      this.publish(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** A path below `<store>/tmp` that no one else uses. */
  temporaryPath(): string {
    return join(this.temporary, `${process.pid}-${randomBytes(9).toString('base64url')}`);
  }

  private holds(path: string, bytes: Uint8Array): boolean {
    if (statSync(path, { throwIfNoEntry: false })?.size !== bytes.byteLength) return false;
    try {
      return Buffer.compare(readFileSync(path), bytes) === 0;
    } catch (error) {
      // Removed since it was looked at: it is written again.
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  private async writeLarge(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.pathOf(digest);
    // Another writer was first. One with another size is what a power cut left, and is replaced below.
    if (this.has(digest)) return;
    const temporary = this.temporaryPath();
    closeSync(this.openTemporary(temporary));
    try {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const file = await open(temporary, 'w');
      try {
        for await (const chunk of body) {
          sizeBytes += chunk.byteLength;
          if (sizeBytes > digest.sizeBytes) break;
          hash.update(chunk);
          await file.writeFile(chunk);
        }
        await file.chmod(0o644);
      } finally {
        await file.close();
      }
      if (sizeBytes > digest.sizeBytes) throw tooLong(digest);
      const actual = { hash: hash.digest('hex'), sizeBytes };
      if (!sameDigest(actual, digest)) throw mismatch(digest, actual);
      this.publish(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  private async *readLarge(digest: Digest, offset: number): AsyncGenerator<Uint8Array> {
    const path = this.pathOf(digest);
    let file;
    try {
      file = await open(path, 'r');
    } catch (error) {
      throw errnoOf(error) === 'ENOENT' ? missing(digest, error) : storeError(error, 'read', path);
    }
    try {
      if ((await file.stat()).size !== digest.sizeBytes) throw corrupt(digest, path);
      let position = offset;
      while (position < digest.sizeBytes) {
        const buffer = Buffer.allocUnsafe(Math.min(CHUNK, digest.sizeBytes - position));
        const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, position);
        // Cut short since its length was asked for.
        if (bytesRead === 0) throw corrupt(digest, path);
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  /** Creates the file exclusively: a name that is taken is another writer's, never to be written into. */
  private openTemporary(temporary: string): number {
    try {
      return openSync(temporary, 'wx', 0o644);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      makeDirectory(this.temporary);
      return openSync(temporary, 'wx', 0o644);
    }
  }

  /**
   * Two writers of one blob both come here, with the same bytes: the later rename replaces the earlier file by its
   * equal, and a reader that has it open goes on reading it. A file of the wrong bytes is replaced in the same step.
   */
  private publish(temporary: string, path: string): void {
    try {
      renameSync(temporary, path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      makeDirectory(dirname(path));
      renameSync(temporary, path);
    }
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.byteLength) written += writeSync(file, bytes, written);
}

async function collect(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > digest.sizeBytes) throw tooLong(digest);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
