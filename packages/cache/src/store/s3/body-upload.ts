import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { ReceivedBody } from '../spool.js';
import type { Bucket } from './bucket.js';
import { bodyKey } from './keys.js';

/** Larger bodies are sent in parts of this size. */
const PART = 8 * 1024 * 1024;
/** S3 takes no more parts for an object. */
const MOST_PARTS = 10_000;
/** Parts that are in memory at a time, of all uploads together: what bounds the memory that uploads take. */
const PARTS_AT_A_TIME = 4;

/** Sends bodies into a bucket, with bounded memory however many and however large they are. */
export class BodyUpload {
  private free = PARTS_AT_A_TIME;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly bucket: Bucket) {}

  /** The body is there, whole, when this resolves, and not at all before. */
  async send(body: ReceivedBody): Promise<void> {
    const { digest, bytes: small } = body;
    const key = bodyKey(digest);
    if (small !== undefined) {
      await this.bucket.putBytes(key, small, digest.hash);
      return;
    }
    const file = await open(body.file());
    try {
      if (digest.sizeBytes <= PART) {
        await this.withPart(file, { start: 0, length: digest.sizeBytes }, (bytes) =>
          this.bucket.putBytes(key, bytes, digest.hash),
        );
        return;
      }
      const length = Math.max(PART, Math.ceil(digest.sizeBytes / MOST_PARTS));
      await this.bucket.putParts(key, async (sendPart) => {
        const starts = Array.from({ length: Math.ceil(digest.sizeBytes / length) }, (_, index) => index * length);
        const outcomes = await Promise.allSettled(
          starts.map((start, index) =>
            this.withPart(file, { start, length: Math.min(length, digest.sizeBytes - start) }, (bytes) =>
              sendPart(index + 1, bytes, createHash('sha256').update(bytes).digest('hex')),
            ),
          ),
        );
        const failure = outcomes.find((outcome) => outcome.status === 'rejected');
        if (failure !== undefined) throw failure.reason;
      });
    } finally {
      await file.close();
    }
  }

  private async withPart(
    file: FileHandle,
    { start, length }: { readonly start: number; readonly length: number },
    send: (bytes: Uint8Array) => Promise<void>,
  ): Promise<void> {
    await this.acquire();
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      let read = 0;
      while (read < length) {
        const { bytesRead } = await file.read(bytes, read, length - read, start + read);
        if (bytesRead === 0) throw new Error(`a received body ended after ${start + read} bytes`);
        read += bytesRead;
      }
      await send(bytes);
    } finally {
      this.release();
    }
  }

  private async acquire(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free++;
    else next();
  }
}
