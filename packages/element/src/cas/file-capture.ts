import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type BigIntStats,
} from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { ElementError } from '../base/error.js';
import { systemFault } from '../base/system-error.js';
import { digestOf, type Digest } from './digest.js';
import type { FileNode } from './directory.js';
import type { BlobStore } from './blob-store.js';
import type { FileSight, StatMemo } from './stat-memo.js';

/** Up to this many bytes a file is held in memory between being hashed and being kept. */
const HELD_FILE = 256 * 1024;
/** Held files are given to the store when they are so many, or have so many bytes together. */
const HELD_FILES = 512;
const HELD_BYTES = 16 * 1024 * 1024;

/** Makes the error about a file, by the path that the caller gave for it. */
export type CaptureFailure = (path: string, what: string, cause?: unknown) => ElementError;

/**
 * Keeps files of this machine as blobs. Small files are read once, and written only where the store does not have them;
 * they are held until {@link flush}. Larger ones are read to be hashed and, where the store does not have them, again to
 * be kept.
 */
export class FileCapture {
  private readonly buffer = Buffer.allocUnsafeSlow(HELD_FILE + 1);
  private held = new Map<string, { readonly digest: Digest; readonly bytes: Uint8Array }>();
  private heldBytes = 0;

  constructor(
    private readonly blobs: BlobStore,
    private readonly failure: CaptureFailure,
    private readonly memo?: StatMemo | undefined,
  ) {}

  /**
   * Keeps a file. It is executable where its owner may execute it.
   *
   * @param path what errors call it @throws what `failure` makes where it cannot be read or changes meanwhile; `blobs`' own errors
   */
  async file(name: string, path: string, absolute: string): Promise<FileNode> {
    const sight = this.look(path, absolute);
    if (sight?.digest !== undefined && (await this.blobs.findMissing([sight.digest])).length === 0) {
      return { name, digest: sight.digest, isExecutable: sight.isExecutable };
    }
    const { bytes, isExecutable } = this.attempt(path, () => this.readSmall(absolute));
    const digest = bytes === undefined ? await this.large(path, absolute) : digestOf(bytes);
    const after = sight === undefined ? undefined : statOf(absolute);
    if (after !== undefined) sight?.learn(after, digest);
    if (bytes !== undefined) await this.hold(digest, bytes);
    return { name, digest, isExecutable };
  }

  private look(path: string, absolute: string): FileSight | undefined {
    const { memo } = this;
    if (memo === undefined) return undefined;
    const stats = this.attempt(path, () => statOf(absolute));
    return stats?.isFile() === true ? memo.look(stats) : undefined;
  }

  /** The target of a symbolic link, as it is. @throws what `failure` makes where it is not UTF-8 or cannot be read */
  target(path: string, absolute: string): string {
    const target = this.attempt(path, () => readlinkSync(absolute, { encoding: 'buffer' }));
    if (!isUtf8(target)) throw this.failure(path, 'is a symbolic link to a name that is not UTF-8');
    return target.toString('utf8');
  }

  /** Gives the store what is still held. */
  async flush(): Promise<void> {
    const held = this.held;
    this.held = new Map();
    this.heldBytes = 0;
    const missing = await this.blobs.findMissing([...held.values()].map(({ digest }) => digest));
    for (const digest of missing) {
      const bytes = held.get(digest.hash)?.bytes;
      if (bytes !== undefined) await this.blobs.write(digest, once(bytes));
    }
    await setImmediate();
  }

  /** Does what reads an entry; a system call that fails is the entry's fault and not this program's. */
  attempt<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.unreadable(path, error);
    }
  }

  /** The bytes of a file, where it is small; always whether it is executable. Not what a link in its place leads to. */
  private readSmall(absolute: string): { bytes: Uint8Array | undefined; isExecutable: boolean } {
    const file = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size, mode } = fstatSync(file);
      const isExecutable = (mode & 0o100) !== 0;
      if (size > HELD_FILE) return { bytes: undefined, isExecutable };
      let length = 0;
      for (;;) {
        const read = readSync(file, this.buffer, length, this.buffer.byteLength - length, null);
        length += read;
        // It has grown since its size was asked for.
        if (length > HELD_FILE) return { bytes: undefined, isExecutable };
        if (read === 0 || length === size) break;
      }
      return { bytes: Buffer.from(this.buffer.subarray(0, length)), isExecutable };
    } finally {
      closeSync(file);
    }
  }

  private async large(path: string, absolute: string): Promise<Digest> {
    const read = (): AsyncIterable<Uint8Array> => createReadStream(absolute, { highWaterMark: 1024 * 1024 });
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const chunk of read()) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
      }
    } catch (error) {
      throw this.unreadable(path, error);
    }
    const digest = { hash: hash.digest('hex'), sizeBytes };
    if ((await this.blobs.findMissing([digest])).length > 0) {
      const after = createHash('sha256');
      try {
        await this.blobs.write(digest, hashed(read(), after));
      } catch (error) {
        // A full store stops reading; one that was given other bytes than were hashed has the file to blame.
        if (systemFault(error instanceof ElementError ? error.cause : error) !== undefined) throw error;
        if (after.digest('hex') === digest.hash) throw error;
        throw this.failure(path, 'was changed while it was read', error);
      }
    }
    return digest;
  }

  private async hold(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (this.held.has(digest.hash)) return;
    this.held.set(digest.hash, { digest, bytes });
    this.heldBytes += bytes.byteLength;
    if (this.held.size >= HELD_FILES || this.heldBytes >= HELD_BYTES) await this.flush();
  }

  private unreadable(path: string, error: unknown): unknown {
    // By its shape: the error may come from another realm than this module's `Error`.
    const errno = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (errno === 'EACCES' || errno === 'EPERM') {
      return this.failure(path, 'cannot be read: permission denied', error);
    }
    if (errno === 'ENOENT' && path === '') return this.failure(path, 'does not exist', error);
    if (errno === 'ENOENT' || errno === 'ELOOP') return this.failure(path, 'was changed while it was read', error);
    return error;
  }
}

function statOf(absolute: string): BigIntStats | undefined {
  return lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
