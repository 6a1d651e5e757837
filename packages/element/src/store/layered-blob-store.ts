import type { BlobStore } from '../cas/blob-store.js';
import type { Digest } from '../cas/digest.js';

/**
 * A near store before a far one: what only the far one holds is kept near when it is first read, whole and checked, and
 * what is written goes to the near one alone. Errors of the far store are the caller's to handle.
 */
export class LayeredBlobStore implements BlobStore {
  constructor(
    private readonly near: BlobStore,
    private readonly far: BlobStore,
  ) {}

  /** The far store is only asked for what the near one lacks, and not at all if that is nothing. */
  async findMissing(digests: readonly Digest[]): Promise<Digest[]> {
    const missing = await this.near.findMissing(digests);
    return missing.length === 0 ? missing : await this.far.findMissing(missing);
  }

  async *read(digest: Digest, offset?: number): AsyncGenerator<Uint8Array> {
    // The near store checks the bytes as it does for every writer, so a far store cannot put in anything wrong.
    if ((await this.near.findMissing([digest])).length > 0) await this.near.write(digest, this.far.read(digest));
    yield* this.near.read(digest, offset);
  }

  write(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void> {
    return this.near.write(digest, body);
  }
}
