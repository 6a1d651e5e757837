import { close, read } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { promisify } from 'node:util';

const readInto = promisify(read);

/** How much of a file is read at a time. */
const PIECE = 512 * 1024;
/** The pieces that are kept for all bodies together: memory that is new for each piece costs as much as the copying. */
const PIECES = 128;
/** What is read at a time while all those are in use. */
const SPARE_PIECE = 64 * 1024;

/** A body that gets to where it goes faster by itself than through a pipe. It may be read as a stream as well. */
export abstract class DiskBody extends Readable {
  /**
   * Writes all of it, and ends the destination.
   *
   * @throws ERR_STREAM_PREMATURE_CLOSE where the destination is closed before
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
    super({ highWaterMark: PIECE });
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

  /** While one piece is written the next one is read. */
  override async sendTo(destination: Writable): Promise<void> {
    const closed = closing(destination);
    // It may be long before anybody awaits it.
    closed.catch(() => undefined);
    try {
      let written: Promise<void> = Promise.resolve();
      while (this.position < this.sizeBytes) {
        const buffer = takeBuffer();
        const piece = await this.fill(buffer).catch((error: unknown) => {
          giveBack(buffer);
          throw error;
        });
        await Promise.race([written, closed]);
        written = write(destination, piece, buffer);
        // Awaited in the next round, or told by `closed`.
        written.catch(() => undefined);
      }
      await Promise.race([written, closed]);
      destination.end();
      await closed;
    } finally {
      this.destroy();
    }
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

/** Resolves when the destination is closed and everything was written before; rejects where it was not. */
async function closing(destination: Writable): Promise<void> {
  if (!destination.destroyed) await new Promise((resolve) => destination.once('close', resolve));
  if (destination.writableFinished) return;
  throw prematureClose();
}

function prematureClose(): Error {
  return Object.assign(new Error('the other side closed before the end'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
