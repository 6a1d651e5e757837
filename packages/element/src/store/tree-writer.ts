import { chmodSync, lstatSync, lutimesSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ElementError } from '../base/error.js';
import { formatDigest, type Digest } from '../cas/digest.js';
import type { FileNode } from '../cas/directory.js';
import type { BlobStore } from '../cas/blob-store.js';
import { readDirectory } from '../cas/tree.js';
import { errnoOf } from '../base/errno.js';
import { makeDirectory } from '../base/make-directory.js';

/** How a tree becomes files. */
export interface TreeWriterOptions {
  /** Makes the file of `node` at `path`, which does not exist, with its mode. */
  readonly place: (node: FileNode, path: string) => void | Promise<void>;
  /** Seconds since 1970 for every directory and symbolic link; `place` sees to files. Default: left as they come. */
  readonly mtime?: number | undefined;
}

/** After this many entries, other work of the process gets a chance to run. */
const ENTRIES_PER_PAUSE = 256;

/**
 * Writes a tree as files. Directories are 0755 regardless of the umask; `destination` may exist, and so may directories
 * below it, but no file or symbolic link is replaced. System calls are the synchronous ones, which take a fraction of
 * the time of the others on many small files.
 *
 * @throws ElementError STORE if a blob is missing, or a `Directory` has a name that leads out of it
 */
export async function writeTreeFiles(
  blobs: BlobStore,
  tree: Digest,
  destination: string,
  options: TreeWriterOptions,
): Promise<void> {
  const { place, mtime } = options;
  let entries = 0;
  const write = async (digest: Digest, path: string): Promise<void> => {
    const directory = await readDirectory(blobs, digest);
    // What mkdir(2) was asked for was narrowed by the umask.
    chmodSync(path, 0o755);
    for (const node of directory.files) {
      checkName(node.name, digest);
      const placing = place(node, join(path, node.name));
      if (placing !== undefined) await placing;
      if (++entries % ENTRIES_PER_PAUSE === 0) await setImmediate();
    }
    for (const node of directory.symlinks) {
      checkName(node.name, digest);
      const link = join(path, node.name);
      symlinkSync(node.target, link);
      if (mtime !== undefined) lutimesSync(link, mtime, mtime);
    }
    for (const node of directory.directories) {
      checkName(node.name, digest);
      const child = join(path, node.name);
      makeChild(child);
      await write(node.digest, child);
    }
    // Last, since each entry made in it changed its time.
    if (mtime !== undefined) utimesSync(path, mtime, mtime);
  };
  makeDirectory(destination);
  await write(tree, destination);
}

function makeChild(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // A symbolic link to a directory is not one: a tree that has both would be written elsewhere.
    if (errnoOf(error) !== 'EEXIST' || !lstatSync(path).isDirectory()) throw error;
  }
}

/** REAPI: a name is one path segment. A tree from elsewhere may say otherwise, and lead out of the destination. */
function checkName(name: string, digest: Digest): void {
  if (name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0')) return;
  throw new ElementError({
    code: 'STORE',
    message: `the directory \`${formatDigest(digest)}\` has an entry named \`${name}\``,
    hint: 'the tree was not made by Wheelhouse, or the store it came from is damaged',
  });
}
