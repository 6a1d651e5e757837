import { linkSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../cas/digest.js';
import type { FileNode } from '../cas/directory.js';
import { missing } from './blob-error.js';
import type { CheckoutOptions, LocalTrees, TreeLease } from '../plugin/local-ports.js';
import { checkoutTree, copyFile } from './checkout.js';
import type { DiskBlobStore } from './disk-blob-store.js';
import { errnoOf } from '../base/errno.js';
import { storeError } from './store-error.js';
import { lockFile } from './file-lock.js';
import { removeTree } from './removal.js';
import { SharedLocks } from './shared-locks.js';
import { treeFilesMatch } from './tree-check.js';
import { writeTreeFiles } from './tree-writer.js';
import { makeDirectory } from '../base/make-directory.js';

/** The time of everything in a kept tree: 2011-11-11 11:11:11 UTC, BuildStream's `BST_ARBITRARY_TIMESTAMP`. */
export const TREE_MTIME = 1321009871;

/** Up to this many bytes a file is copied: a link saves little, is visible to builds, and limited in number. */
const COPIED_BYTES = 64 * 1024;

/** Errors of link(2) after which the file is copied: the blob has all its links, is another user's, or on another file system. */
const NO_LINK: ReadonlySet<string | undefined> = new Set(['EMLINK', 'EPERM', 'EXDEV']);

/**
 * Check-outs that are made once and shared, read-only, by all builds of all processes: `<store>/trees/<hash>`.
 *
 * Files up to 64 KiB, executables and repeats within the tree are copies, others hard links to their blobs, which is
 * why a blob has mode 0644 and gets the trees' time. Files are 0644 or 0755, directories 0755, and everything has the
 * time {@link TREE_MTIME}.
 *
 * A tree appears complete: it is made below `<store>/tmp` and renamed, by one process while others wait. Its lease is
 * a shared flock(2) on `<hash>.lock`; a process that removes the tree must hold the lock exclusively, and may not remove
 * the lock file. Files are not flushed, so after a power cut a tree can have shorter ones than it should: `<hash>.lock`
 * names the boot in which the tree was made or last checked, and in another boot it is checked first.
 */
export class KeptTrees implements LocalTrees {
  /** Holds all trees, each under its hash. */
  readonly directory: string;
  private readonly leases = new SharedLocks();
  private readonly ready = new Map<string, Promise<void>>();
  private boot: string | undefined;

  /** @param storeDirectory the store's directory; made when first written to */
  constructor(
    private readonly storeDirectory: string,
    private readonly blobs: DiskBlobStore,
  ) {
    this.directory = join(storeDirectory, 'trees');
  }

  /**
   * The check-out of `tree`, made if it does not exist, and not to be removed until the lease is released. Leases that
   * are asked for at the same time, as by `Promise.all`, are held by one child process.
   *
   * @throws ElementError STORE if a blob of the tree is missing or wrong
   */
  async acquire(tree: Digest): Promise<TreeLease> {
    const { hash } = tree;
    const path = join(this.directory, hash);
    const lock = await this.leases.acquire(`${path}.lock`);
    try {
      // Within this process, too, only one makes a tree.
      let ready = this.ready.get(hash);
      if (ready === undefined) {
        ready = this.ensure(tree, path).finally(() => this.ready.delete(hash));
        this.ready.set(hash, ready);
      }
      await ready;
    } catch (error) {
      await lock.release();
      throw storeError(error, 'write to', this.storeDirectory);
    }
    return { path, release: () => lock.release() };
  }

  async checkOut(tree: Digest, destination: string, options: CheckoutOptions = {}): Promise<void> {
    await checkoutTree(this.blobs, tree, destination, options);
  }

  private async ensure(tree: Digest, path: string): Promise<void> {
    if (this.isTrusted(path)) return;
    const maker = await lockFile(`${path}.make`);
    try {
      // Another process has made it meanwhile.
      if (this.isTrusted(path)) return;
      if (!(await this.isWhole(tree, path))) await this.make(tree, path);
      writeFileSync(`${path}.lock`, this.bootId());
    } finally {
      await maker?.release();
    }
  }

  /** Whether the tree is there and was made or checked since the machine was started. */
  private isTrusted(path: string): boolean {
    const boot = this.bootId();
    return boot !== '' && exists(path) && readFileSync(`${path}.lock`, 'latin1') === boot;
  }

  private async isWhole(tree: Digest, path: string): Promise<boolean> {
    if (!exists(path)) return false;
    if (await treeFilesMatch(this.blobs, tree, path)) return true;
    // No one reads it: a lease in this boot would have had it checked.
    const aside = this.blobs.temporaryPath();
    renameSync(path, aside);
    await removeTree(aside);
    return false;
  }

  private async make(tree: Digest, path: string): Promise<void> {
    const temporary = this.blobs.temporaryPath();
    const linked = new Set<string>();
    const place = (node: FileNode, file: string): void => {
      const { hash, sizeBytes } = node.digest;
      if (sizeBytes <= COPIED_BYTES || node.isExecutable || linked.has(hash) || !this.link(node.digest, file)) {
        copyFile(this.blobs, node, file, TREE_MTIME);
      } else linked.add(hash);
    };
    try {
      await writeTreeFiles(this.blobs, tree, temporary, { place, mtime: TREE_MTIME });
      makeDirectory(this.directory);
      renameSync(temporary, path);
    } finally {
      // Nothing is there after the rename.
      await removeTree(temporary);
    }
  }

  /** @returns whether a link could be made */
  private link(digest: Digest, path: string): boolean {
    if (!this.blobs.has(digest)) throw missing(digest);
    try {
      linkSync(this.blobs.pathOf(digest), path);
    } catch (error) {
      if (NO_LINK.has(errnoOf(error))) return false;
      throw error;
    }
    utimesSync(path, TREE_MTIME, TREE_MTIME);
    return true;
  }

  /** The name of this run of the kernel; empty if the system has none, and then every tree is checked. */
  private bootId(): string {
    if (this.boot === undefined) {
      try {
        this.boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        this.boot = '';
      }
    }
    return this.boot;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
