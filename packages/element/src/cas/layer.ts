import type { BlobStore } from './blob-store.js';
import { type Digest, digestOf, sameDigest } from './digest.js';
import { compareBytes, encodeDirectory, type Directory, type DirectoryNode } from './directory.js';
import { readDirectory, writeBlob } from './tree.js';

/** What is laid over other layers to make a root: a tree, and what of the layers below it does not show. @public */
export interface Layer {
  readonly tree: Digest;
  /**
   * Paths below the root, `/`-separated and sorted by their bytes, that the layers below have and the root does not. The
   * directory of each is in `tree`. Nothing in `tree` is at or below one of them.
   */
  readonly removed?: readonly string[];
}

/** What names a layer: 64 lower-case hexadecimal digits. That of a layer without removals is its tree's hash. */
export function layerHash({ tree, removed = [] }: Layer): string {
  return removed.length === 0 ? tree.hash : digestOf(JSON.stringify([tree.hash, removed])).hash;
}

/**
 * The layer that turns the tree `before` into the tree `after`. A directory that both have is opened only if they
 * differ below it; no file is read. What takes the place of something of another type hides it, and so do the contents of
 * what takes the place of a file.
 */
export async function differenceLayer(blobs: BlobStore, before: Digest, after: Digest): Promise<Layer> {
  const removed: string[] = [];
  const differ = async (old: Digest, young: Digest, prefix: string): Promise<Digest> => {
    const [was, is] = [await readDirectory(blobs, old), await readDirectory(blobs, young)];
    for (const name of namesOf(was)) if (!namesOf(is).has(name)) removed.push(prefix + name);
    const files = new Map(was.files.map((node) => [node.name, node]));
    const symlinks = new Map(was.symlinks.map((node) => [node.name, node]));
    const directories = new Map(was.directories.map((node) => [node.name, node]));
    const changed: DirectoryNode[] = [];
    for (const { name, digest } of is.directories) {
      const lower = directories.get(name);
      if (lower === undefined) changed.push({ name, digest });
      else if (!sameDigest(lower.digest, digest)) {
        changed.push({ name, digest: await differ(lower.digest, digest, `${prefix}${name}/`) });
      }
    }
    const layer: Directory = {
      files: is.files.filter(({ name, digest, isExecutable }) => {
        const lower = files.get(name);
        return lower?.isExecutable !== isExecutable || !sameDigest(lower.digest, digest);
      }),
      directories: changed,
      symlinks: is.symlinks.filter(({ name, target }) => symlinks.get(name)?.target !== target),
    };
    return await writeBlob(blobs, encodeDirectory(layer));
  };
  const tree = await differ(before, after, '');
  return removed.length === 0 ? { tree } : { tree, removed: removed.sort(compareBytes) };
}

function namesOf({ files, directories, symlinks }: Directory): Set<string> {
  return new Set([...files, ...directories, ...symlinks].map(({ name }) => name));
}
