import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { ElementError } from '../base/error.js';
import type { BlobStore } from '../cas/blob-store.js';
import { emptyTree, openTree, splitPath, writeBlob, type MutableTree } from '../cas/tree.js';
import { SANDBOX_MTIME } from './contract.js';

/** Something that must be at a path for a mount to find its place, or in place of a mount. */
export interface MountPoint {
  /** Relative to the tree it is put in. */
  readonly path: string;
  readonly entry: MountEntry;
  /** What it is for, as an error says it: `a directory that commands may write`. */
  readonly purpose: string;
}

/** What is at a mount point. `optional`: an existing entry is kept. */
export type MountEntry =
  | { readonly type: 'directory' }
  | { readonly type: 'file'; readonly content: string; readonly optional: boolean }
  | { readonly type: 'symlink'; readonly target: string };

/** One entry that a tree did not have before. */
export interface AddedEntry {
  readonly path: string;
  readonly entry: MountEntry;
}

/**
 * Puts mount points into `tree` where they are missing.
 *
 * @returns what was added, each directory before what is in it
 * @throws ElementError STAGING if something else is in the way
 */
export async function addMountPoints(
  blobs: BlobStore,
  tree: MutableTree,
  points: readonly MountPoint[],
): Promise<AddedEntry[]> {
  const added: AddedEntry[] = [];
  for (const point of points) await addMountPoint(blobs, tree, point, added);
  return added;
}

async function addMountPoint(
  blobs: BlobStore,
  tree: MutableTree,
  point: MountPoint,
  added: AddedEntry[],
): Promise<void> {
  const names = splitPath(point.path);
  const last = names.pop();
  if (last === undefined) return;
  const { entry } = point;
  const optional = entry.type === 'file' && entry.optional;
  let current = tree;
  let walked = '';
  for (const name of names) {
    walked = join(walked, name);
    if (isLeaf(current, name)) {
      if (optional) return;
      throw inTheWay(current, name, walked, point);
    }
    current = await enter(blobs, current, name, walked, added);
  }
  if (isLeaf(current, last) || current.directories.has(last)) {
    if (!optional && !agrees(current, last, entry)) throw inTheWay(current, last, point.path, point);
    return;
  }
  added.push({ path: point.path, entry });
  if (entry.type === 'directory') current.directories.set(last, emptyTree());
  else if (entry.type === 'symlink') current.symlinks.set(last, { name: last, target: entry.target });
  else {
    const digest = await writeBlob(blobs, entry.content);
    current.files.set(last, { name: last, digest, isExecutable: false });
  }
}

/**
 * Creates what {@link addMountPoints} added, and the directories above it, below a directory of this machine: with the
 * modes of a tree, regardless of the umask, and the fixed time.
 */
export function layOut(directory: string, added: readonly AddedEntry[]): void {
  const directories = [...new Set(added.flatMap(({ path, entry }) => directoriesOf(path, entry.type === 'directory')))];
  for (const path of directories) {
    const at = join(directory, path);
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) continue;
    mkdirSync(at);
    chmodSync(at, 0o755);
  }
  for (const { path, entry } of added) {
    const at = join(directory, path);
    if (entry.type === 'directory') continue;
    if (entry.type === 'symlink') symlinkSync(entry.target, at);
    else {
      writeFileSync(at, entry.content, { flag: 'wx' });
      chmodSync(at, 0o644);
    }
    lutimesSync(at, SANDBOX_MTIME, SANDBOX_MTIME);
  }
  for (const path of directories) utimesSync(join(directory, path), SANDBOX_MTIME, SANDBOX_MTIME);
}

/**
 * Takes away what {@link layOut} made, unless commands have made it theirs: a directory that holds something now, a
 * link or file that is another. Links that commands have left on the way are not followed.
 */
export function takeAway(directory: string, added: readonly AddedEntry[]): void {
  for (const { path, entry } of [...added].reverse()) {
    if (typeWithin(directory, path) !== entry.type) continue;
    const at = join(directory, path);
    if (entry.type === 'directory') removeIfEmpty(at);
    else if (entry.type === 'symlink' && readlinkSync(at) === entry.target) unlinkSync(at);
    else if (entry.type === 'file' && isStill(at, entry.content)) unlinkSync(at);
  }
}

/** The type of the entry at `path` below `directory`, if no component on the way is a link. */
export function typeWithin(directory: string, path: string): MountEntry['type'] | 'other' | undefined {
  let at = directory;
  let type: MountEntry['type'] | 'other' = 'directory';
  for (const name of splitPath(path)) {
    if (type !== 'directory') return undefined;
    at = join(at, name);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    type = stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : stat.isFile() ? 'file' : 'other';
  }
  return type;
}

function isStill(path: string, content: string): boolean {
  return lstatSync(path).size === Buffer.byteLength(content) && readFileSync(path, 'utf8') === content;
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOTEMPTY' && errno !== 'EEXIST') throw error;
  }
}

/** The directories above a relative path, outermost first and `''` for the start, and the path where it is one. */
function directoriesOf(path: string, itself: boolean): string[] {
  const names = splitPath(path);
  const parents = [...names.keys()].map((depth) => names.slice(0, depth).join('/'));
  return itself ? [...parents, path] : parents;
}

async function enter(
  blobs: BlobStore,
  parent: MutableTree,
  name: string,
  path: string,
  added: AddedEntry[],
): Promise<MutableTree> {
  const present = parent.directories.get(name);
  if (present !== undefined && !('hash' in present)) return present;
  const opened = present === undefined ? emptyTree() : await openTree(blobs, present);
  if (present === undefined) added.push({ path, entry: { type: 'directory' } });
  parent.directories.set(name, opened);
  return opened;
}

function isLeaf(tree: MutableTree, name: string): boolean {
  return tree.files.has(name) || tree.symlinks.has(name);
}

function agrees(tree: MutableTree, name: string, entry: MountEntry): boolean {
  switch (entry.type) {
    case 'directory':
      return tree.directories.has(name);
    case 'file':
      return tree.files.has(name);
    case 'symlink':
      return tree.symlinks.get(name)?.target === entry.target;
  }
}

function inTheWay(tree: MutableTree, name: string, path: string, point: MountPoint): ElementError {
  const found = tree.symlinks.has(name) ? 'symlink' : tree.files.has(name) ? 'file' : 'directory';
  const wanted = path === point.path ? point.entry.type : 'directory';
  return new ElementError({
    code: 'STAGING',
    message: `Destination is a ${found}, not a ${wanted}: \`/${path}\``,
    hint: `\`/${point.path}\` is ${point.purpose}; do not stage anything else there`,
  });
}
