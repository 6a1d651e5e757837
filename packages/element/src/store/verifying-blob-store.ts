import { createHash } from 'node:crypto';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { corrupt } from './blob-error.js';

/**
 * Checks what is read against its digest: every read is hashed from the blob's first byte, also one with an offset. A
 * read of wrong bytes fails before its end, so a caller that reads to the end has the right ones.
 */
export class VerifyingBlobStore implements BlobStore {
  /** @param pathOf the file behind a blob, for the error's hint, if the store has files */
  constructor(
    private readonly inner: BlobStore,
    private readonly pathOf?: (digest: Digest) => string,
  ) {}

  findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    return this.inner.findMissing(digests);
  }

  async *read(digest: Digest, offset = 0): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let position = 0;
    // One chunk is held back: the last is given only when the whole is known to be right.
    let held: Uint8Array | undefined;
    for await (const chunk of this.inner.read(digest)) {
      if (held !== undefined) yield held;
      hash.update(chunk);
      const wanted = chunk.subarray(Math.min(chunk.byteLength, Math.max(0, offset - position)));
      held = wanted.byteLength > 0 ? wanted.slice() : undefined;
      position += chunk.byteLength;
      if (position > digest.sizeBytes) break;
    }
    if (position !== digest.sizeBytes || hash.digest('hex') !== digest.hash) {
      throw corrupt(digest, this.pathOf?.(digest));
    }
    if (held !== undefined) yield held;
  }

  write(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void> {
    return this.inner.write(digest, body);
  }
}
