import type { BlobStore } from './blob-store.js';
import type { Digest } from './digest.js';
import { encodeDirectory, type DirectoryNode } from './directory.js';
import { readDirectory, writeBlob } from './tree.js';

/**
 * The part of a tree whose paths are taken. A directory that holds nothing then is there only if its own path is
 * taken.
 *
 * @param takes asked with absolute paths, the tree being the root
 * @returns the digest of what is left; the same digest if all of it is
 */
export async function filterTree(
  blobs: BlobStore,
  tree: Digest,
  takes: (path: string) => boolean,
  prefix = '/',
): Promise<Digest> {
  const directory = await readDirectory(blobs, tree);
  const isTaken = ({ name }: { readonly name: string }): boolean => takes(prefix + name);
  const directories: DirectoryNode[] = [];
  for (const child of directory.directories) {
    const digest = await filterTree(blobs, child.digest, takes, `${prefix}${child.name}/`);
    if (digest.sizeBytes > 0 || isTaken(child)) directories.push({ name: child.name, digest });
  }
  return await writeBlob(
    blobs,
    encodeDirectory({
      files: directory.files.filter(isTaken),
      directories,
      symlinks: directory.symlinks.filter(isTaken),
    }),
  );
}
