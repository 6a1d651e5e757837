import { type Digest, sameDigest } from './digest.js';
import type { Directory } from './directory.js';
import type { BlobStore } from './blob-store.js';
import { readDirectory } from './tree.js';

/** A tree, and where its `Directory` messages are. */
export interface LocatedTree {
  readonly blobs: BlobStore;
  readonly tree: Digest;
}

/** How an entry of one tree differs from that of the same path in another. */
export interface TreeChange {
  /** Relative to the root of the trees, `/`-separated. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'content' | 'mode' | 'link target' | 'type';
}

/**
 * What differs between two trees, sorted by path. An added or removed directory is named without what is in it, and a
 * directory that both have is not named for what changed below it. No file is read.
 */
export async function treeDifference(before: LocatedTree, after: LocatedTree): Promise<TreeChange[]> {
  const changes: TreeChange[] = [];
  const compare = async (old: Digest, young: Digest, prefix: string): Promise<void> => {
    if (sameDigest(old, young)) return;
    const [left, right] = [
      entriesOf(await readDirectory(before.blobs, old)),
      entriesOf(await readDirectory(after.blobs, young)),
    ];
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const [was, is] = [left.get(name), right.get(name)];
      if (was?.type === 'directory' && is?.type === 'directory')
        await compare(was.digest, is.digest, `${prefix}${name}/`);
      else {
        const change = changeOf(was, is);
        if (change !== undefined) changes.push({ path: prefix + name, change });
      }
    }
  };
  await compare(before.tree, after.tree, '');
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Entry =
  | { readonly type: 'file'; readonly digest: Digest; readonly isExecutable: boolean }
  | { readonly type: 'directory'; readonly digest: Digest }
  | { readonly type: 'symlink'; readonly target: string };

function entriesOf({ files, directories, symlinks }: Directory): Map<string, Entry> {
  return new Map<string, Entry>([
    ...files.map(({ name, digest, isExecutable }) => [name, { type: 'file', digest, isExecutable }] as const),
    ...directories.map(({ name, digest }) => [name, { type: 'directory', digest }] as const),
    ...symlinks.map(({ name, target }) => [name, { type: 'symlink', target }] as const),
  ]);
}

function changeOf(was: Entry | undefined, is: Entry | undefined): TreeChange['change'] | undefined {
  if (was === undefined) return 'added';
  if (is === undefined) return 'removed';
  if (was.type === 'file' && is.type === 'file') {
    if (!sameDigest(was.digest, is.digest)) return 'content';
    return was.isExecutable === is.isExecutable ? undefined : 'mode';
  }
  if (was.type === 'symlink' && is.type === 'symlink') return was.target === is.target ? undefined : 'link target';
  return 'type';
}
