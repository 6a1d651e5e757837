import type { BlobStore } from './blob-store.js';
import { sameDigest, type Digest } from './digest.js';
import { encodeDirectory, type Directory, type DirectoryNode } from './directory.js';
import { readDirectory, writeBlob } from './tree.js';

/**
 * One tree of several: directories of one path become one; of other entries at one path the last is taken.
 *
 * @throws ElementError STORE where a directory of a tree is not in `blobs`
 */
export async function mergeTrees(blobs: BlobStore, trees: readonly Digest[]): Promise<Digest> {
  const distinct = trees.filter((tree, index) => !trees.slice(0, index).some((other) => sameDigest(other, tree)));
  const [only] = distinct;
  if (only !== undefined && distinct.length === 1) return only;
  const directories: Directory[] = [];
  for (const tree of distinct) directories.push(await readDirectory(blobs, tree));
  const entries = new Map<string, Entry>();
  for (const { files, symlinks, directories: children } of directories) {
    for (const node of files) entries.set(node.name, { type: 'file', node });
    for (const node of symlinks) entries.set(node.name, { type: 'symlink', node });
    for (const { name, digest } of children) {
      const before = entries.get(name);
      entries.set(name, { type: 'directory', trees: [...(before?.type === 'directory' ? before.trees : []), digest] });
    }
  }
  const merged: { files: Directory['files'][number][]; symlinks: Directory['symlinks'][number][] } = {
    files: [],
    symlinks: [],
  };
  const below: DirectoryNode[] = [];
  for (const [name, entry] of entries) {
    if (entry.type === 'file') merged.files.push(entry.node);
    else if (entry.type === 'symlink') merged.symlinks.push(entry.node);
    else below.push({ name, digest: await mergeTrees(blobs, entry.trees) });
  }
  return await writeBlob(blobs, encodeDirectory({ ...merged, directories: below }));
}

type Entry =
  | { readonly type: 'file'; readonly node: Directory['files'][number] }
  | { readonly type: 'symlink'; readonly node: Directory['symlinks'][number] }
  | { readonly type: 'directory'; readonly trees: readonly Digest[] };
