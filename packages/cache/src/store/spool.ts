import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fdatasync, openSync, write } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Digest } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';
import { createFile, OwnNames, withDirectory } from './disk-files.js';
import { StoreFailure } from './store-failure.js';

const writeBeside = promisify(write);
const flush = promisify(fdatasync);

/**
 * Bodies up to this size are in memory while they are received; they are read from the disk in the thread that asks,
 * since a change of threads takes longer, and checked then, since flushing each to the disk takes longer still.
 */
export const SMALL_BODY: number = 64 * 1024;

/** A body that has arrived whole, and whose digest is known. */
export interface ReceivedBody {
  readonly digest: Digest;
  /** All of it, where it is small. */
  readonly bytes?: Buffer;
  /** Absolute path of a complete file with the bytes. For a small body it is created by this call. */
  file(): string;
  /** The bytes, as a stream. */
  read(): Readable;
  /** Removes the file. The receiver of the body calls it in any case. */
  dispose(): Promise<void>;
}

/** The length that was declared for a body, or the most that one without a declared length may have, in bytes. */
export type Size = number | { readonly atMost: number };

/** How much may be in a spool. */
export interface SpoolOptions {
  /** Absolute path of the spool's directory, made when first written to. */
  readonly directory: string;
  /** How many bytes may be on their way at a time, by their declared lengths. */
  readonly capacityBytes: number;
}

/**
 * Takes bodies up before anything is known of them but a declared length: large ones in files, with the memory of one
 * piece for each. Large files are flushed to the disk, so that an entry which is there after a power cut has its bytes.
 */
export class Spool {
  private reserved = 0;
  private readonly names: OwnNames;

  constructor(private readonly options: SpoolOptions) {
    this.names = new OwnNames(options.directory);
  }

  /** The declared bytes of the bodies that are in the spool now. */
  get reservedBytes(): number {
    return this.reserved;
  }

  /** @throws StoreFailure `room` before anything is read; `short`, `long`; and any error of reading `body` */
  async receive(body: AsyncIterable<Uint8Array>, size: Size): Promise<ReceivedBody> {
    const sizeBytes = mostOf(size);
    if (this.reserved + sizeBytes > this.options.capacityBytes) {
      throw new StoreFailure(
        'room',
        `${this.reserved} bytes of bodies are in transit, ${sizeBytes} more would be too many`,
      );
    }
    this.reserved += sizeBytes;
    const path = this.names.next();
    let isThere = sizeBytes > SMALL_BODY;
    const dispose = once(async () => {
      try {
        if (isThere) await rm(path, { force: true });
      } finally {
        this.reserved -= sizeBytes;
      }
    });
    try {
      if (isThere) {
        const digest = await this.receiveFile(path, body, size);
        return { digest, file: () => path, read: () => createReadStream(path), dispose };
      }
      const bytes = await receiveBytes(body, size);
      const file = (): string => {
        if (!isThere) createFile(path, bytes);
        isThere = true;
        return path;
      };
      const hash = createHash('sha256').update(bytes).digest('hex');
      return {
        digest: { hash, sizeBytes: bytes.byteLength },
        bytes,
        file,
        read: () => Readable.from([bytes]),
        dispose,
      };
    } catch (error) {
      await dispose();
      throw noRoom(error);
    }
  }

  private async receiveFile(path: string, body: AsyncIterable<Uint8Array>, size: Size): Promise<Digest> {
    const file = withDirectory(path, () => openSync(path, 'wx', 0o644));
    try {
      const hash = createHash('sha256');
      let at = 0;
      for await (const piece of whole(body, size)) {
        hash.update(piece);
        for (let written = 0; written < piece.byteLength;) {
          const { bytesWritten } = await writeBeside(file, piece, written, piece.byteLength - written, at);
          written += bytesWritten;
          at += bytesWritten;
        }
      }
      await flush(file);
      return { hash: hash.digest('hex'), sizeBytes: at };
    } finally {
      closeSync(file);
    }
  }
}

async function receiveBytes(body: AsyncIterable<Uint8Array>, size: Size): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(mostOf(size));
  let at = 0;
  for await (const piece of body) {
    if (at + piece.byteLength > bytes.byteLength) throw tooLong(size);
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  refuseShort(at, size);
  return bytes.subarray(0, at);
}

/** The pieces, whose lengths together are what was declared. @throws StoreFailure `short`, `long` */
async function* whole(body: AsyncIterable<Uint8Array>, size: Size): AsyncGenerator<Uint8Array> {
  const most = mostOf(size);
  let received = 0;
  for await (const piece of body) {
    received += piece.byteLength;
    if (received > most) throw tooLong(size);
    yield piece;
  }
  refuseShort(received, size);
}

function tooLong(size: Size): StoreFailure {
  return new StoreFailure('long', `a body of ${mostOf(size)} bytes continued past its end`);
}

function refuseShort(received: number, size: Size): void {
  if (typeof size !== 'number' || received >= size) return;
  throw new StoreFailure('short', `a body of ${size} bytes ended after ${received}`);
}

function mostOf(size: Size): number {
  return typeof size === 'number' ? size : size.atMost;
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
