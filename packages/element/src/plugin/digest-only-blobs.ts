import { ElementError } from '../load/error.js';
import type { BlobStore } from './ports.js';

/** A blob store that keeps nothing: for learning a tree's digest without writing it down. */
export function digestOnlyBlobs(): BlobStore {
  return {
    findMissing: () => Promise.resolve([]),
    write: () => Promise.resolve(),
    read: (digest) => {
      throw new ElementError({ code: 'STORE', message: `nothing is kept here, nor \`${digest.hash}\`` });
    },
  };
}
