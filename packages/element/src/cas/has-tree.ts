import type { BlobStore } from './blob-store.js';
import type { Digest } from './digest.js';
import { readDirectory } from './tree.js';

/**
 * Whether a tree is in a store, with every directory and file below it. It is asked for level by level, since a remote
 * store answers by the round trip.
 *
 * @throws ElementError STORE for a directory whose bytes do not match its digest
 */
export async function hasTree(blobs: BlobStore, tree: Digest): Promise<boolean> {
  const seen = new Set<string>();
  const files = new Map<string, Digest>();
  let level: Digest[] = [tree];
  while (level.length > 0) {
    if ((await blobs.findMissing(level)).length > 0) return false;
    const next: Digest[] = [];
    for (const digest of level) {
      const directory = await readDirectory(blobs, digest);
      for (const file of directory.files) files.set(`${file.digest.hash}/${file.digest.sizeBytes}`, file.digest);
      for (const child of directory.directories) {
        if (seen.has(child.digest.hash)) continue;
        seen.add(child.digest.hash);
        next.push(child.digest);
      }
    }
    level = next;
  }
  return (await blobs.findMissing([...files.values()])).length === 0;
}
