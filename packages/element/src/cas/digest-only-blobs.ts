import { ElementError } from '../base/error.js';
import type { Digest } from './digest.js';
import type { BlobStore } from './blob-store.js';

/** A blob store that keeps nothing: for learning a tree's digest without writing it down. */
export function digestOnlyBlobs(): BlobStore {
  return {
    findMissing: () => Promise.resolve([]),
    write: () => Promise.resolve(),
    read: (digest) => {
      throw notKept(digest);
    },
  };
}

/**
 * A blob store that keeps the `Directory` messages of the trees that are captured into it, and no files: enough to say
 * later what has changed.
 */
export function directoriesInMemory(): BlobStore {
  const kept = new Map<string, Uint8Array>();
  return {
    // Files are written only if they are missing, directories always.
    findMissing: () => Promise.resolve([]),
    write: async ({ hash }, body) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      kept.set(hash, Buffer.concat(chunks));
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
    read: async function* (digest) {
      const bytes = kept.get(digest.hash);
      if (bytes === undefined) throw notKept(digest);
      yield bytes;
    },
  };
}

function notKept(digest: Digest): ElementError {
  return new ElementError({ code: 'STORE', message: `this store keeps no blobs: \`${digest.hash}\`` });
}
