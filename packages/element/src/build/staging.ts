import { ElementError } from '../base/error.js';
import { sameDigest, type Digest } from '../cas/digest.js';
import type { Directory } from '../cas/directory.js';
import type { BlobStore } from '../cas/blob-store.js';
import { emptyTree, openTree, readDirectory, splitPath, type MutableTree } from '../cas/tree.js';

/** The version of the rules in this file. Raised whenever the same trees give another root. */
export const STAGING_VERSION = 1;

/** A tree to stage, and whose it is. */
export interface StagedTree {
  readonly tree: Digest;
  /** Absolute path of the directory it is laid over. */
  readonly path: string;
  /** The element's name, for messages. */
  readonly owner: string;
  /** Whether a path may be over another element's (`public.bst.overlap-whitelist`). */
  mayOverlap(path: string): boolean;
}

/** Something that staging let pass and a user may want to know. */
export interface StagingWarning {
  readonly kind: 'overlap' | 'unstaged';
  readonly path: string;
  readonly owner: string;
  /** Whose file was there. */
  readonly other: string;
}

/**
 * Lays trees over one another without touching a file system, by BuildStream's rules:
 *
 * - a later file or link takes the place of an earlier one, which is an overlap unless the later element's whitelist
 *   has it or both are the same;
 * - directories are merged;
 * - a directory over a symbolic link is an error: what is below would silently vanish or land elsewhere;
 * - a file or link takes the place of an empty directory; over a directory that holds something it is left out, with a
 *   warning.
 */
export class StagingArea {
  private readonly root: MutableTree = emptyTree();
  private readonly owners = new Map<string, string>();
  private readonly found: StagingWarning[] = [];

  constructor(private readonly blobs: BlobStore) {}

  /** The merged tree so far. */
  get tree(): MutableTree {
    return this.root;
  }

  get warnings(): readonly StagingWarning[] {
    return this.found;
  }

  /** Whether a plain overlay of the staged trees shows the same: false once something was left out. */
  get isPlainOverlay(): boolean {
    return !this.found.some(({ kind }) => kind === 'unstaged');
  }

  /** Lays `staged` over what is there. @throws ElementError STAGING */
  async stage(staged: StagedTree): Promise<void> {
    const target = await this.makeDirectory(staged.path, staged.owner);
    await this.merge(target, staged.tree, splitPath(staged.path).join('/'), staged);
  }

  /** The directory at an absolute path, made where it is missing. @throws ElementError STAGING */
  async makeDirectory(path: string, owner: string): Promise<MutableTree> {
    let current = this.root;
    let walked = '';
    for (const name of splitPath(path)) {
      walked = walked === '' ? name : `${walked}/${name}`;
      current = await this.enter(current, name, walked, owner);
    }
    return current;
  }

  private async merge(target: MutableTree, source: Digest, path: string, staged: StagedTree): Promise<void> {
    const directory = await readDirectory(this.blobs, source);
    await this.mergeLeaves(target, directory, path, staged);
    for (const child of directory.directories) {
      const childPath = join(path, child.name);
      const present = target.directories.get(child.name);
      if (present === undefined && !target.files.has(child.name) && !target.symlinks.has(child.name)) {
        target.directories.set(child.name, child.digest);
        this.owners.set(childPath, staged.owner);
      } else if (present === undefined || !('hash' in present) || !sameDigest(present, child.digest)) {
        const entered = await this.enter(target, child.name, childPath, staged.owner);
        await this.merge(entered, child.digest, childPath, staged);
      }
    }
  }

  private async mergeLeaves(target: MutableTree, source: Directory, path: string, staged: StagedTree): Promise<void> {
    for (const file of source.files) {
      if (!(await this.makeRoom(target, file.name, join(path, file.name), staged))) continue;
      const present = target.files.get(file.name);
      const same =
        present !== undefined && sameDigest(present.digest, file.digest) && present.isExecutable === file.isExecutable;
      if (!same) this.noteOverlap(target, file.name, join(path, file.name), staged);
      target.symlinks.delete(file.name);
      target.files.set(file.name, file);
    }
    for (const link of source.symlinks) {
      if (!(await this.makeRoom(target, link.name, join(path, link.name), staged))) continue;
      if (target.symlinks.get(link.name)?.target !== link.target) {
        this.noteOverlap(target, link.name, join(path, link.name), staged);
      }
      target.files.delete(link.name);
      target.symlinks.set(link.name, link);
    }
  }

  /** Whether a file or link may be at `path`: an empty directory gives way, another stays. */
  private async makeRoom(target: MutableTree, name: string, path: string, staged: StagedTree): Promise<boolean> {
    const directory = target.directories.get(name);
    if (directory === undefined) return true;
    const opened = 'hash' in directory ? await openTree(this.blobs, directory) : directory;
    if (opened.files.size + opened.symlinks.size + opened.directories.size === 0) {
      target.directories.delete(name);
      return true;
    }
    this.found.push({ kind: 'unstaged', path: `/${path}`, owner: staged.owner, other: this.ownerOf(path) });
    return false;
  }

  private noteOverlap(target: MutableTree, name: string, path: string, staged: StagedTree): void {
    if (!target.files.has(name) && !target.symlinks.has(name)) {
      if (this.ownerOf(path) !== staged.owner) this.owners.set(path, staged.owner);
      return;
    }
    if (!staged.mayOverlap(`/${path}`)) {
      this.found.push({ kind: 'overlap', path: `/${path}`, owner: staged.owner, other: this.ownerOf(path) });
    }
    this.owners.set(path, staged.owner);
  }

  private async enter(parent: MutableTree, name: string, path: string, owner: string): Promise<MutableTree> {
    const link = parent.symlinks.get(name);
    if (link !== undefined || parent.files.has(name)) {
      throw new ElementError({
        code: 'STAGING',
        message: `${owner}: Destination is a ${link === undefined ? 'file' : 'symlink'}, not a directory: \`/${path}\``,
        hint:
          link === undefined
            ? `${this.ownerOf(path)} put the file there`
            : `${this.ownerOf(path)} put a link to \`${link.target}\` there; install below the link's target instead`,
      });
    }
    const present = parent.directories.get(name);
    if (present !== undefined && !('hash' in present)) return present;
    const opened = present === undefined ? emptyTree() : await openTree(this.blobs, present);
    parent.directories.set(name, opened);
    if (present === undefined) this.owners.set(path, owner);
    return opened;
  }

  /** Who put `path` there: the owner noted for it, or for the nearest directory that was staged whole. */
  private ownerOf(path: string): string {
    for (let at = path; at !== ''; at = parentOf(at)) {
      const owner = this.owners.get(at);
      if (owner !== undefined) return owner;
    }
    return 'the root';
  }
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}
