import type { BlobStore } from '../cas/blob-store.js';
import type { Digest } from '../cas/digest.js';
import { walkTree } from '../cas/tree.js';

/** So few entries and bytes are written in a few milliseconds. */
const FEW_ENTRIES = 100;
const FEW_BYTES = 1024 * 1024;

/** Whether a tree is written in no time. Looks at no more of it than that takes. */
export async function isSmallTree(blobs: BlobStore, tree: Digest): Promise<boolean> {
  let entries = 0;
  let bytes = 0;
  for await (const entry of walkTree(blobs, tree)) {
    entries += 1;
    if (entry.type === 'file') bytes += entry.digest.sizeBytes;
    if (entries > FEW_ENTRIES || bytes > FEW_BYTES) return false;
  }
  return true;
}
