import { ElementError } from '../base/error.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord } from '../plugin/ports.js';
import { readDirectory } from '../cas/tree.js';

/**
 * Whether every blob a record needs is there: its log, and its tree with every directory and file below. The merged
 * root is for looking at a build afterwards and may be gone; the trees of dependencies belong to their own records.
 */
export async function hasBlobs(blobs: BlobStore, record: ArtifactRecord): Promise<boolean> {
  if (record.log !== undefined && (await blobs.findMissing([record.log])).length > 0) return false;
  try {
    return await hasTree(blobs, record.tree);
  } catch (error) {
    // A directory whose bytes do not match its digest counts as missing.
    if (error instanceof ElementError && error.code === 'STORE') return false;
    throw error;
  }
}

/** Level by level, each asked for at once: a remote store answers by the round trip. */
async function hasTree(blobs: BlobStore, tree: Digest): Promise<boolean> {
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
