import { linkSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../cas/digest.js';
import type { FileNode } from '../cas/directory.js';
import { layerHash, type Layer } from '../cas/layer.js';
import { missing } from './blob-error.js';
import type { CheckoutOptions, KeptTree, LocalTrees } from '../plugin/local-ports.js';
import { checkoutTree, copyFile } from './checkout.js';
import type { DiskBlobStore } from './disk-blob-store.js';
import { errnoOf } from '../base/errno.js';
import { storeError } from './store-error.js';
import { lockFile } from './file-lock.js';
import type { ProcessFiles } from './process-files.js';
import { removeTree } from './removal.js';
import { ShortLinks } from './short-links.js';
import { treeFilesMatch } from './tree-check.js';
import { TreeLeases } from './tree-leases.js';
import { isSmallTree } from './tree-size.js';
import { writeTreeFiles } from './tree-writer.js';
import { makeDirectory } from '../base/make-directory.js';
import { makeWhiteouts } from './whiteouts.js';

/** The time of everything in a kept tree: 2011-11-11 11:11:11 UTC, BuildStream's `BST_ARBITRARY_TIMESTAMP`. */
export const TREE_MTIME = 1321009871;

/** Up to this many bytes a file is copied: a link saves little, is visible to builds, and limited in number. */
const COPIED_BYTES = 64 * 1024;

/** Errors of link(2) after which the file is copied: the blob has all its links, is another user's, or on another file system. */
const NO_LINK: ReadonlySet<string | undefined> = new Set(['EMLINK', 'EPERM', 'EXDEV']);

/**
 * Check-outs of layers that are made once and shared, read-only, by all builds of all processes: `<store>/trees/<hash>`, with
 * short links to them in `<store>/layers` (docs/adr/0106).
 *
 * Files up to 64 KiB, executables and repeats within the tree are copies, others hard links to their blobs, which is
 * why a blob has mode 0644 and gets the trees' time. Files are 0644 or 0755, directories 0755, and everything has the
 * time {@link TREE_MTIME}, but for what stands for a removal.
 *
 * A tree appears complete: it is made below `<store>/tmp` and renamed. One process makes a large one while others wait.
 * Those that a process uses are not removed before it ends: see {@link TreeLeases}. Files are not flushed, so after a
 * power cut a tree can have shorter ones than it should: `<hash>.boot` names the boot in which the tree was made or last
 * checked, and in another boot it is checked first.
 */
export class KeptTrees implements LocalTrees {
  /** Holds all trees, each under the hash of its layer. */
  readonly directory: string;
  private readonly leases: TreeLeases;
  private readonly links: ShortLinks;
  private readonly kept = new Map<string, Promise<KeptTree | undefined>>();
  private boot: string | undefined;

  /** @param storeDirectory the store's directory; made when first written to */
  constructor(
    private readonly storeDirectory: string,
    private readonly blobs: DiskBlobStore,
    processes: ProcessFiles,
  ) {
    this.directory = join(storeDirectory, 'trees');
    this.leases = new TreeLeases(processes);
    this.links = new ShortLinks(join(storeDirectory, 'layers'), this.directory);
  }

  async keep(layer: Layer): Promise<KeptTree | undefined> {
    const hash = layerHash(layer);
    const known = this.kept.get(hash) ?? this.keepNew(layer, hash);
    this.kept.set(hash, known);
    try {
      return await known;
    } catch (error) {
      // What is missing may come.
      this.kept.delete(hash);
      throw error;
    }
  }

  async checkOut(tree: Digest, destination: string, options: CheckoutOptions = {}): Promise<void> {
    await checkoutTree(this.blobs, tree, destination, options);
  }

  /** Removes what is kept of a layer, unless a process uses it. @returns whether it is removed */
  async remove(layer: Layer): Promise<boolean> {
    const hash = layerHash(layer);
    return await this.leases.unlessHeld(hash, () => this.moveAway(join(this.directory, hash)));
  }

  private async keepNew(layer: Layer, hash: string): Promise<KeptTree | undefined> {
    const path = join(this.directory, hash);
    try {
      await this.leases.hold(hash);
      return (await this.ensure(layer, path)) ? { path, link: this.links.to(hash) } : undefined;
    } catch (error) {
      throw storeError(error, 'write to', this.storeDirectory);
    }
  }

  /** @returns whether the tree is there; it is not where the machine refuses to make what it holds */
  private async ensure(layer: Layer, path: string): Promise<boolean> {
    if (this.isTrusted(path)) return true;
    // Two processes that make a small one lose less than a lock takes. One that is there and wrong is replaced by one alone.
    const alone = exists(path) || !(await isSmallTree(this.blobs, layer.tree));
    const maker = alone ? await lockFile(`${path}.make`) : undefined;
    try {
      // Another process has made it meanwhile.
      if (this.isTrusted(path)) return true;
      if (!(await this.isWhole(layer, path)) && !(await this.make(layer, path))) return false;
      writeFileSync(`${path}.boot`, this.bootId());
      return true;
    } finally {
      await maker?.release();
    }
  }

  /** Whether the tree is there and was made or checked since the machine was started. */
  private isTrusted(path: string): boolean {
    const boot = this.bootId();
    return boot !== '' && exists(path) && readIfPresent(`${path}.boot`) === boot;
  }

  private async isWhole(layer: Layer, path: string): Promise<boolean> {
    if (!exists(path)) return false;
    if (await treeFilesMatch(this.blobs, layer, path)) return true;
    // No one reads it: a lease in this boot would have had it checked.
    await this.moveAway(path);
    return false;
  }

  private async moveAway(path: string): Promise<void> {
    const aside = this.blobs.temporaryPath();
    try {
      renameSync(path, aside);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
    await removeTree(aside);
  }

  /** @returns whether this machine can make it */
  private async make({ tree, removed = [] }: Layer, path: string): Promise<boolean> {
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
      if (removed.length > 0 && !(await makeWhiteouts(temporary, removed, TREE_MTIME))) return false;
      makeDirectory(this.directory);
      publish(temporary, path);
      return true;
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
    this.boot ??= (readIfPresent('/proc/sys/kernel/random/boot_id') ?? '').trim();
    return this.boot;
  }
}

/** A tree that another process has published meanwhile stays. */
function publish(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOTEMPTY' && errno !== 'EEXIST') throw error;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
