import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { readDirectory } from '../cas/tree.js';

/**
 * Whether the files at `path` are those of `tree` by their names, types, lengths and link targets: what a power cut
 * can have changed. Contents are not read.
 *
 * @throws ElementError STORE if a `Directory` of the tree is missing
 */
export async function treeFilesMatch(blobs: BlobStore, tree: Digest, path: string): Promise<boolean> {
  const { files, symlinks, directories } = await readDirectory(blobs, tree);
  const entries = new Map(readdirSync(path, { withFileTypes: true }).map((entry) => [entry.name, entry]));
  if (entries.size !== files.length + symlinks.length + directories.length) return false;
  for (const { name, digest } of files) {
    const isRight = entries.get(name)?.isFile() === true && lstatSync(join(path, name)).size === digest.sizeBytes;
    if (!isRight) return false;
  }
  for (const { name, target } of symlinks) {
    const isRight = entries.get(name)?.isSymbolicLink() === true && readlinkSync(join(path, name)) === target;
    if (!isRight) return false;
  }
  for (const { name, digest } of directories) {
    if (entries.get(name)?.isDirectory() !== true) return false;
    if (!(await treeFilesMatch(blobs, digest, join(path, name)))) return false;
  }
  return true;
}
