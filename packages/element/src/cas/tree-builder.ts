import { posix } from 'node:path';
import type { FileNode } from './directory.js';
import { emptyTree, splitPath, writeTree, type MutableTree } from './tree.js';
import type { Digest } from './digest.js';
import type { BlobStore } from './blob-store.js';

/** A tree that is put together from single paths. What is put later replaces what is there, but for a directory. */
export class TreeBuilder {
  private readonly root = emptyTree();

  file(path: string, node: Omit<FileNode, 'name'>): void {
    const name = posix.basename(path);
    this.directory(posix.dirname(path)).files.set(name, { ...node, name });
  }

  symlink(path: string, target: string): void {
    const name = posix.basename(path);
    this.directory(posix.dirname(path)).symlinks.set(name, { name, target });
  }

  /** The directory at a path, made where it is absent. */
  directory(path: string): MutableTree {
    let current = this.root;
    for (const name of splitPath(path)) {
      const child = current.directories.get(name);
      const next = child !== undefined && !('hash' in child) ? child : emptyTree();
      current.directories.set(name, next);
      current = next;
    }
    return current;
  }

  /** Keeps the tree. */
  async write(blobs: BlobStore): Promise<Digest> {
    return await writeTree(blobs, this.root);
  }
}
