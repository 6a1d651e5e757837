import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, type Digest } from '@wheelhouse/element';
import { StoreFailure } from './store-failure.js';

/** A body that has arrived whole, in a file of its own, and whose digest is known. */
export interface ReceivedBody {
  readonly digest: Digest;
  /** Absolute path of the file, which nobody writes to any more. */
  readonly path: string;
  /** The bytes, from the file. */
  read(): Readable;
  /** Removes the file. Whoever received the body calls it, whatever became of it. */
  dispose(): Promise<void>;
}

/** How much may lie in a spool. */
export interface SpoolOptions {
  /** Absolute path of the spool's directory, made when first written to. */
  readonly directory: string;
  /** How many bytes may be on their way at a time, by their declared lengths. */
  readonly capacityBytes: number;
}

/**
 * Takes bodies up in files before anything is known of them but a declared length, with the memory of one piece for each.
 * The files are flushed to the disk, so that an entry which is there after a power cut has its bytes.
 */
export class Spool {
  private reserved = 0;

  constructor(private readonly options: SpoolOptions) {}

  /** The declared bytes of the bodies that are in the spool now. */
  get reservedBytes(): number {
    return this.reserved;
  }

  /**
   * @param size the length that was declared for the body, or the most that one without a declared length may have
   * @throws StoreFailure `room` before anything is read; `short`, `long`; and whatever reading `body` throws
   */
  async receive(body: AsyncIterable<Uint8Array>, size: number | { readonly atMost: number }): Promise<ReceivedBody> {
    const sizeBytes = typeof size === 'number' ? size : size.atMost;
    if (this.reserved + sizeBytes > this.options.capacityBytes) {
      throw new StoreFailure(
        'room',
        `${this.reserved} bytes of bodies are on their way, ${sizeBytes} more are too many`,
      );
    }
    this.reserved += sizeBytes;
    const path = join(this.options.directory, `${process.pid}-${randomBytes(9).toString('base64url')}`);
    const dispose = once(async () => {
      this.reserved -= sizeBytes;
      await rm(path, { force: true });
    });
    try {
      const digest = await this.write(path, body, size);
      return { digest, path, read: () => createReadStream(path), dispose };
    } catch (error) {
      await dispose();
      throw noRoom(error);
    }
  }

  private async write(
    path: string,
    body: AsyncIterable<Uint8Array>,
    size: number | { readonly atMost: number },
  ): Promise<Digest> {
    const sizeBytes = typeof size === 'number' ? size : size.atMost;
    const file = await this.create(path);
    try {
      const hash = createHash('sha256');
      let received = 0;
      for await (const piece of body) {
        received += piece.byteLength;
        if (received > sizeBytes) throw new StoreFailure('long', `a body of ${sizeBytes} bytes went on`);
        hash.update(piece);
        await file.writeFile(piece);
      }
      if (typeof size === 'number' && received < sizeBytes) {
        throw new StoreFailure('short', `a body of ${sizeBytes} bytes ended after ${received}`);
      }
      await file.datasync();
      return { hash: hash.digest('hex'), sizeBytes: received };
    } finally {
      await file.close();
    }
  }

  private async create(path: string): Promise<FileHandle> {
    try {
      return await open(path, 'wx', 0o644);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      await mkdir(this.options.directory, { recursive: true });
      return await open(path, 'wx', 0o644);
    }
  }
}

/** A disk or a quota of the system that is full, as a failure of the store; any other error as it is. */
export function noRoom(error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return error;
  return new StoreFailure('room', `the disk has no room left: ${errno}`, { cause: error });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
