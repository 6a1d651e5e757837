import type { Digest } from './digest.js';

/** Blobs by digest: the part of REAPI's ContentAddressableStorage that builds need. @public */
export interface BlobStore {
  /** Those of `digests` whose blobs are not here. */
  findMissing(digests: readonly Digest[]): Promise<Digest[]>;
  /** The bytes from `offset` on. @throws ElementError STORE when the blob is absent or not what its digest says */
  read(digest: Digest, offset?: number): AsyncIterable<Uint8Array>;
  /** Keeps `body` under `digest`. @throws ElementError STORE when the bytes are not those of the digest */
  write(digest: Digest, body: AsyncIterable<Uint8Array>): Promise<void>;
}
