import { ElementError } from '../base/error.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord } from '../plugin/ports.js';
import { hasTree } from '../cas/has-tree.js';

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
