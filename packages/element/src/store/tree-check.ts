import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Layer } from '../cas/layer.js';
import { readDirectory } from '../cas/tree.js';

/**
 * Whether the files at `path` are those of a layer by their names, types, lengths and link targets: what a power cut
 * can have changed. Contents are not read.
 *
 * @throws ElementError STORE where a `Directory` of the layer's tree is missing
 */
export async function treeFilesMatch(blobs: BlobStore, { tree, removed = [] }: Layer, path: string): Promise<boolean> {
  const devices = new Set<string>();
  return (
    (await entriesMatch(blobs, tree, path, (device) => devices.add(device))) &&
    devices.size === removed.length &&
    removed.every((each) => devices.has(join(path, each)))
  );
}

async function entriesMatch(
  blobs: BlobStore,
  tree: Digest,
  path: string,
  onDevice: (path: string) => void,
): Promise<boolean> {
  const { files, symlinks, directories } = await readDirectory(blobs, tree);
  const entries = new Map(readdirSync(path, { withFileTypes: true }).map((entry) => [entry.name, entry]));
  for (const entry of entries.values()) {
    if (!entry.isCharacterDevice()) continue;
    entries.delete(entry.name);
    onDevice(join(path, entry.name));
  }
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
    if (!(await entriesMatch(blobs, digest, join(path, name), onDevice))) return false;
  }
  return true;
}
