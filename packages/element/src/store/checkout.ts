import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  futimesSync,
  openSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import type { Digest } from '../cas/digest.js';
import type { FileNode } from '../cas/directory.js';
import type { BlobStore } from '../cas/blob-store.js';
import { readBlob } from '../cas/tree.js';
import type { CheckoutOptions } from '../plugin/local-ports.js';
import { missing } from './blob-error.js';
import { DiskBlobStore, SMALL_BLOB } from './disk-blob-store.js';
import { errnoOf } from '../base/errno.js';
import { namingPath } from '../base/system-error.js';
import { writeTreeFiles } from './tree-writer.js';

/**
 * Writes a tree into `destination`, an existing or a new directory, as private copies that may be written to: reflinks
 * where the file system has them, never hard links into the store. Files are 0644 or 0755, directories 0755.
 *
 * @throws ElementError STORE if a blob is missing or wrong
 */
export async function checkoutTree(
  blobs: BlobStore,
  tree: Digest,
  destination: string,
  options: CheckoutOptions = {},
): Promise<void> {
  const { mtime } = options;
  const place =
    blobs instanceof DiskBlobStore
      ? (node: FileNode, path: string): void => {
          copyFile(blobs, node, path, mtime);
        }
      : (node: FileNode, path: string): Promise<void> => writeStream(blobs, node, path, mtime);
  await writeTreeFiles(blobs, tree, destination, { place, mtime });
}

/** A private copy of a blob of this machine at `path`. @throws ElementError STORE */
export function copyFile(blobs: DiskBlobStore, node: FileNode, path: string, mtime: number | undefined): void {
  if (node.digest.sizeBytes <= SMALL_BLOB) {
    writeSmall(blobs.readSmall(node.digest), node, path, mtime);
    return;
  }
  if (!blobs.has(node.digest)) throw missing(node.digest);
  try {
    copyFileSync(blobs.pathOf(node.digest), path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    throw errnoOf(error) === 'ENOENT' ? missing(node.digest, error) : error;
  }
  chmodSync(path, modeOf(node));
  if (mtime !== undefined) utimesSync(path, mtime, mtime);
}

function writeSmall(bytes: Uint8Array, node: FileNode, path: string, mtime: number | undefined): void {
  const file = openSync(path, 'wx', modeOf(node));
  try {
    namingPath(path, () => {
      let written = 0;
      while (written < bytes.byteLength) written += writeSync(file, bytes, written);
    });
    // What open(2) was asked for was narrowed by the umask.
    fchmodSync(file, modeOf(node));
    if (mtime !== undefined) futimesSync(file, mtime, mtime);
  } finally {
    closeSync(file);
  }
}

async function writeStream(blobs: BlobStore, node: FileNode, path: string, mtime: number | undefined): Promise<void> {
  if (node.digest.sizeBytes <= SMALL_BLOB) {
    writeSmall(await readBlob(blobs, node.digest), node, path, mtime);
    return;
  }
  const file = await open(path, 'wx', modeOf(node));
  try {
    for await (const chunk of blobs.read(node.digest)) await file.writeFile(chunk);
    await file.chmod(modeOf(node));
    if (mtime !== undefined) await file.utimes(mtime, mtime);
  } finally {
    await file.close();
  }
}

function modeOf(node: FileNode): number {
  return node.isExecutable ? 0o755 : 0o644;
}
