import { type Digest, digestOf } from './digest.js';
import {
  decodeDirectory,
  EMPTY_DIRECTORY,
  encodeDirectory,
  type Directory,
  type DirectoryNode,
  type FileNode,
  type SymlinkNode,
} from './directory.js';
import type { BlobStore } from './blob-store.js';

/** A tree held in memory, to be changed and then written: names to entries. */
export interface MutableTree {
  readonly files: Map<string, FileNode>;
  readonly symlinks: Map<string, SymlinkNode>;
  /** A child is another such tree, or a digest while nothing below it needs to change. */
  readonly directories: Map<string, MutableTree | Digest>;
}

/** A tree with nothing in it. */
export function emptyTree(): MutableTree {
  return { files: new Map(), symlinks: new Map(), directories: new Map() };
}

/** Every byte of a blob. For `Directory` messages and other small blobs; files are streamed. */
export async function readBlob(blobs: BlobStore, digest: Digest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blobs.read(digest)) chunks.push(chunk);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/** Keeps bytes that are in memory, and names them. */
export async function writeBlob(blobs: BlobStore, bytes: Uint8Array | string): Promise<Digest> {
  const body = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  const digest = digestOf(body);
  await blobs.write(digest, once(body));
  return digest;
}

/** The `Directory` message of that digest. */
export async function readDirectory(blobs: BlobStore, digest: Digest): Promise<Directory> {
  return digest.sizeBytes === 0 ? EMPTY_DIRECTORY : decodeDirectory(await readBlob(blobs, digest));
}

/** One level of the tree of that digest, ready to be changed. */
export async function openTree(blobs: BlobStore, digest: Digest): Promise<MutableTree> {
  const directory = await readDirectory(blobs, digest);
  return {
    files: new Map(directory.files.map((node) => [node.name, node])),
    symlinks: new Map(directory.symlinks.map((node) => [node.name, node])),
    directories: new Map(directory.directories.map((node) => [node.name, node.digest])),
  };
}

/** Keeps a tree's `Directory` messages, children first. @returns the root's digest, which names the whole tree */
export async function writeTree(blobs: BlobStore, tree: MutableTree): Promise<Digest> {
  const directories: DirectoryNode[] = [];
  for (const [name, child] of tree.directories) {
    directories.push({ name, digest: 'hash' in child ? child : await writeTree(blobs, child) });
  }
  return await writeBlob(
    blobs,
    encodeDirectory({ files: [...tree.files.values()], directories, symlinks: [...tree.symlinks.values()] }),
  );
}

/** The tree that holds `tree` at `path` (absolute or relative, `/`-separated) and nothing else. */
export async function nestTree(blobs: BlobStore, tree: Digest, path: string): Promise<Digest> {
  let nested = tree;
  for (const name of splitPath(path).reverse()) {
    nested = await writeBlob(
      blobs,
      encodeDirectory({ files: [], directories: [{ name, digest: nested }], symlinks: [] }),
    );
  }
  return nested;
}

/** The directory at `path` below `tree`; links are not followed. @returns `undefined` if there is none */
export async function subtree(blobs: BlobStore, tree: Digest, path: string): Promise<Digest | undefined> {
  let current = tree;
  for (const name of splitPath(path)) {
    const directory = await readDirectory(blobs, current);
    const child = directory.directories.find((node) => node.name === name);
    if (child === undefined) return undefined;
    current = child.digest;
  }
  return current;
}

/** What {@link walkTree} meets: the path is relative, without a leading slash. @public */
export type TreeEntry =
  | { readonly type: 'file'; readonly path: string; readonly digest: Digest; readonly isExecutable: boolean }
  | { readonly type: 'directory'; readonly path: string; readonly digest: Digest }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

/** Every entry below a tree, a directory before what is in it, in the order of the encoding. */
export async function* walkTree(blobs: BlobStore, tree: Digest, prefix = ''): AsyncGenerator<TreeEntry> {
  const directory = await readDirectory(blobs, tree);
  for (const { name, digest, isExecutable } of directory.files) {
    yield { type: 'file', path: prefix + name, digest, isExecutable };
  }
  for (const { name, target } of directory.symlinks) yield { type: 'symlink', path: prefix + name, target };
  for (const { name, digest } of directory.directories) {
    yield { type: 'directory', path: prefix + name, digest };
    yield* walkTree(blobs, digest, `${prefix}${name}/`);
  }
}

/** The names along a `/`-separated path; `.` and empty parts mean nothing. */
export function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
