import { posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { emptyTree, splitPath, type MutableTree } from '@wheelhouse/element/internal';
import type { LayerChanges, LayerEntry } from './layer-changes.js';

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/**
 * The root of an image, made by laying its layers over one another (OCI image specification, "Applying Changesets"). A
 * path leads through symbolic links as it does for a program whose root it is.
 */
export class RootTree {
  readonly tree: MutableTree = emptyTree();

  /** @throws ElementError IMAGE if a layer does not fit those below it */
  apply({ whiteouts, opaque, entries }: LayerChanges): void {
    // What a layer removes is of the layers below it, wherever in the archive it says so.
    for (const path of opaque) {
      const directory = this.directory(path);
      directory?.files.clear();
      directory?.symlinks.clear();
      directory?.directories.clear();
    }
    for (const path of whiteouts) {
      const directory = this.directory(posix.dirname(path));
      if (directory !== undefined) remove(directory, posix.basename(path));
    }
    for (const entry of entries) this.add(entry);
  }

  /** Whether a path leads to a directory. */
  hasDirectory(path: string): boolean {
    return this.directory(path) !== undefined;
  }

  /** Whether there is anything at a path; a link counts wherever it leads. */
  exists(path: string): boolean {
    const directory = this.directory(posix.dirname(path));
    const name = posix.basename(path);
    return (
      directory !== undefined &&
      [directory.files, directory.symlinks, directory.directories].some((each) => each.has(name))
    );
  }

  private add(entry: LayerEntry): void {
    const name = posix.basename(entry.path);
    const directory = this.makeDirectory(posix.dirname(entry.path));
    switch (entry.type) {
      case 'directory':
        if (directory.directories.has(name)) return;
        remove(directory, name);
        directory.directories.set(name, emptyTree());
        return;
      case 'file':
        remove(directory, name);
        directory.files.set(name, { name, digest: entry.digest, isExecutable: entry.isExecutable });
        return;
      case 'symlink':
        remove(directory, name);
        directory.symlinks.set(name, { name, target: entry.target });
        return;
      case 'link': {
        const from = this.directory(posix.dirname(entry.target));
        const file = from?.files.get(posix.basename(entry.target));
        const link = from?.symlinks.get(posix.basename(entry.target));
        remove(directory, name);
        if (file !== undefined) directory.files.set(name, { ...file, name });
        else if (link !== undefined) directory.symlinks.set(name, { ...link, name });
        else throw this.error(`\`${entry.path}\` is a hard link to \`${entry.target}\`, which does not exist`);
        return;
      }
      default: {
        const unknown: never = entry;
        throw new Error(`no such entry: ${JSON.stringify(unknown)}`);
      }
    }
  }

  /** The directory at a path. @returns `undefined` if there is none */
  private directory(path: string): MutableTree | undefined {
    return this.walk(path, () => undefined);
  }

  /** The directory at a path, made where it is missing. */
  private makeDirectory(path: string): MutableTree {
    const made = this.walk(path, (parent, name) => {
      if (parent.files.has(name)) throw this.error(`\`${path}\` is below a file`);
      const directory = emptyTree();
      parent.directories.set(name, directory);
      return directory;
    });
    if (made === undefined) throw this.error(`\`${path}\` is not a directory`);
    return made;
  }

  private walk(
    path: string,
    missing: (parent: MutableTree, name: string) => MutableTree | undefined,
  ): MutableTree | undefined {
    const ahead = splitPath(path).reverse();
    const above: MutableTree[] = [this.tree];
    for (let links = 0; ;) {
      const name = ahead.pop();
      const current = above.at(-1) ?? this.tree;
      if (name === undefined) return current;
      if (name === '..') {
        if (above.length > 1) above.pop();
        continue;
      }
      const link = current.symlinks.get(name);
      if (link !== undefined) {
        links += 1;
        if (links > MOST_LINKS) throw this.error(`\`${path}\` has too many levels of symbolic links`);
        if (posix.isAbsolute(link.target)) above.length = 1;
        ahead.push(...splitPath(link.target).reverse());
        continue;
      }
      const child = current.directories.get(name);
      // All of this tree was made here: no part of it is only a digest.
      const next = child === undefined || 'hash' in child ? missing(current, name) : child;
      if (next === undefined) return undefined;
      above.push(next);
    }
  }

  private error(message: string): ElementError {
    return new ElementError({ code: 'IMAGE', message: `a layer of the base image does not fit: ${message}` });
  }
}

function remove(directory: MutableTree, name: string): void {
  directory.files.delete(name);
  directory.symlinks.delete(name);
  directory.directories.delete(name);
}
