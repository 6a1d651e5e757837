import { createHash } from 'node:crypto';
import { sameDigest, digestOf, type Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { mismatch, missing } from './blob-error.js';

const EMPTY = digestOf('');

/** Blobs held in memory, for as long as the object lives. The empty blob is always there. */
export class MemoryBlobStore implements BlobStore {
  private readonly blobs = new Map<string, Uint8Array>();

  findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    return Promise.resolve(digests.filter((digest) => this.bytesOf(digest) === undefined));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
  async *read(digest: Digest, offset = 0): AsyncGenerator<Uint8Array> {
    const bytes = this.bytesOf(digest);
    if (bytes === undefined) throw missing(digest);
    if (offset < bytes.byteLength) yield bytes.subarray(offset);
  }

  async write(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.bytesOf(digest) !== undefined) return;
    const hash = createHash('sha256');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      hash.update(chunk);
      // The producer may use its buffer again.
      chunks.push(chunk.slice());
    }
    const bytes = Buffer.concat(chunks);
    const actual = { hash: hash.digest('hex'), sizeBytes: bytes.byteLength };
    if (!sameDigest(actual, digest)) throw mismatch(digest, actual);
    this.blobs.set(digest.hash, bytes);
  }

  private bytesOf(digest: Digest): Uint8Array | undefined {
    if (sameDigest(digest, EMPTY)) return new Uint8Array();
    const bytes = this.blobs.get(digest.hash);
    return bytes?.byteLength === digest.sizeBytes ? bytes : undefined;
  }
}
