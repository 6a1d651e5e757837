import { close, read } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { promisify } from 'node:util';
import { TimedSemaphore } from './timed-semaphore.js';

const readInto = promisify(read);

/** How much of a file is read at a time. */
const PIECE = 1024 * 1024;
/** The pieces that are kept for all bodies together: memory that is new for each piece costs as much as the copying. */
const PIECES = 64;
/** What is read at a time while all those are in use. */
const SPARE_PIECE = 64 * 1024;
/** How much of a file a stream reads at a time. */
const STREAM_PIECE = 512 * 1024;

/**
 * Few pieces are copied at a time, so that what was read is still in the processor's cache when it is written: with a
 * piece for each of many connections every copy goes by way of the memory. A client that does not take its piece, or a
 * disk that does not give it, has its turn for so long only.
 */
const semaphore = new TimedSemaphore({ most: 8, holdMs: 20 });

/** A body that gets to where it goes faster by itself than through a pipe. It may be read as a stream as well. */
export abstract class DiskBody extends Readable {
  /**
   * Writes all of it, and ends the destination.
   *
   * @throws ERR_STREAM_PREMATURE_CLOSE if the destination is closed before
   */
  abstract sendTo(destination: Writable): Promise<void>;
}

/** A small body, in memory. */
export class BytesBody extends DiskBody {
  constructor(private readonly bytes: Uint8Array) {
    super();
  }

  override _read(): void {
    this.push(this.bytes);
    this.push(null);
  }

  override async sendTo(destination: Writable): Promise<void> {
    const closed = closing(destination);
    destination.end(this.bytes);
    await closed;
  }
}

/** A body in a file that is open, of which the size is known. It closes the file. */
export class FileBody extends DiskBody {
  private position = 0;

  constructor(
    private readonly descriptor: number,
    private readonly sizeBytes: number,
  ) {
    super({ highWaterMark: STREAM_PIECE });
  }

  override _read(size: number): void {
    if (this.position === this.sizeBytes) {
      this.push(null);
      return;
    }
    this.fill(Buffer.allocUnsafeSlow(Math.min(size, this.sizeBytes - this.position))).then(
      (piece) => this.push(piece),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    close(this.descriptor, () => {
      done(error);
    });
  }

  override async sendTo(destination: Writable): Promise<void> {
    const closed = closing(destination);
    // It may be long before it is awaited.
    closed.catch(() => undefined);
    try {
      while (this.position < this.sizeBytes) {
        const release = await semaphore.acquire();
        try {
          const buffer = takeBuffer();
          const piece = await this.next(buffer, destination).catch((error: unknown) => {
            giveBack(buffer);
            throw error;
          });
          await Promise.race([write(destination, piece, buffer), closed]);
        } finally {
          release();
        }
      }
      destination.end();
      await closed;
    } finally {
      this.destroy();
    }
  }

  /** Awaited to its end even if the destination fails: the file must not be closed while it is read. */
  private async next(buffer: Buffer, destination: Writable): Promise<Buffer> {
    const piece = await this.fill(buffer);
    if (destination.destroyed) throw prematureClose();
    return piece;
  }

  private async fill(buffer: Buffer): Promise<Buffer> {
    const length = Math.min(buffer.byteLength, this.sizeBytes - this.position);
    const { bytesRead } = await readInto(this.descriptor, buffer, 0, length, this.position);
    if (bytesRead === 0) throw new Error(`a file of ${this.sizeBytes} bytes ended after ${this.position}`);
    this.position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }
}

const free: Buffer[] = [];
let made = 0;

function takeBuffer(): Buffer {
  const buffer = free.pop();
  if (buffer !== undefined) return buffer;
  if (made === PIECES) return Buffer.allocUnsafeSlow(SPARE_PIECE);
  made += 1;
  return Buffer.allocUnsafeSlow(PIECE);
}

function giveBack(buffer: Buffer): void {
  if (buffer.byteLength === PIECE) free.push(buffer);
}

/**
 * The buffer goes to the next one when the destination has told that it is done with the bytes, never before: they would
 * be those of another body. One whose destination never tells is not missed.
 */
async function write(destination: Writable, piece: Buffer, buffer: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let isLost = false;
    const lose = (): void => {
      isLost = true;
      if (buffer.byteLength === PIECE) made -= 1;
    };
    destination.once('close', lose);
    destination.write(piece, (error) => {
      destination.off('close', lose);
      if (!isLost) giveBack(buffer);
      if (error) reject(destination.destroyed ? prematureClose() : error);
      else resolve();
    });
  });
}

/** Resolves when the destination is closed and everything was written before; rejects if it was not. */
async function closing(destination: Writable): Promise<void> {
  if (!destination.destroyed) await new Promise((resolve) => destination.once('close', resolve));
  if (destination.writableFinished) return;
  throw prematureClose();
}

function prematureClose(): Error {
  return Object.assign(new Error('the connection was closed before the end'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });
}
