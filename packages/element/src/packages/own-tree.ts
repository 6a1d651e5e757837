import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { FileCapture, type CaptureFailure } from '../cas/file-capture.js';
import { TreeBuilder } from '../cas/tree-builder.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { elfNeeds } from './elf.js';
import type { RootPaths } from './root-paths.js';
import { isSystemPath } from './system-paths.js';

/** A directory or file that no package owns, kept at its own path. Plain data. */
export interface OwnTree {
  readonly tree: Digest;
  /** The absolute paths whose stamps change when a file is added, removed or replaced. */
  readonly watched: readonly string[];
  /** The names of the libraries that it has, sorted. */
  readonly provided: readonly string[];
  /** The names of the libraries that its programs and libraries are linked to, sorted. */
  readonly needed: readonly string[];
  /** The absolute paths of the programs that load them, sorted. */
  readonly loaders: readonly string[];
}

/** What {@link captureOwnTree} works with. */
export interface OwnTreeOptions {
  readonly paths: RootPaths;
  readonly blobs: BlobStore;
  /** Absolute paths that are left out, with all below them. */
  readonly exclude: ReadonlySet<string>;
  readonly failure: CaptureFailure;
}

/**
 * Keeps what is at an absolute path, which exists: a directory with all below it, a file, or a link with its target. Byte code is left out.
 *
 * @throws what `failure` makes if something cannot be read
 */
export async function captureOwnTree(path: string, options: OwnTreeOptions): Promise<OwnTree> {
  return await new OwnTreeCapture(options).run(path);
}

const LIBRARY = /\.so(?:\.|$)/;

/** So many links are followed from one to the next. */
const MAX_LINKS = 40;

class OwnTreeCapture {
  private readonly tree = new TreeBuilder();
  private readonly watched = new Set<string>();
  private readonly needed = new Set<string>();
  private readonly loaders = new Set<string>();
  private readonly names = new Set<string>();
  private readonly files: FileCapture;

  constructor(private readonly options: OwnTreeOptions) {
    this.files = new FileCapture(options.blobs, options.failure);
  }

  async run(path: string): Promise<OwnTree> {
    await this.follow(path);
    await this.files.flush();
    return {
      tree: await this.tree.write(this.options.blobs),
      watched: [...this.watched],
      provided: [...this.names].filter((name) => LIBRARY.test(name)).sort(),
      needed: [...this.needed].sort(),
      loaders: [...this.loaders].sort(),
    };
  }

  private async follow(path: string): Promise<void> {
    let at = path;
    for (let links = 0; links < MAX_LINKS; links += 1) {
      const real = this.options.paths.real(at);
      if (real === undefined) return;
      for (const [link, target] of real.links) this.tree.symlink(link, target);
      this.watched.add(real.path);
      if (this.options.paths.stats(real.path)?.isSymbolicLink() !== true) {
        await this.entry(real.path);
        return;
      }
      await this.entry(real.path);
      at = posix.resolve(
        posix.dirname(real.path),
        this.files.target(real.path, this.options.paths.absolute(real.path)),
      );
    }
  }

  private async entry(path: string): Promise<void> {
    const { paths, exclude } = this.options;
    if (exclude.has(path) || !isSystemPath(path)) return;
    const absolute = paths.absolute(path);
    const stats = paths.stats(path);
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      this.watched.add(path);
      this.tree.directory(path);
      const names = this.files.attempt(path, () => readdirSync(absolute));
      for (const name of names) await this.entry(posix.join(path, name));
    } else if (stats.isSymbolicLink()) {
      this.names.add(posix.basename(path));
      this.tree.symlink(path, this.files.target(path, absolute));
    } else if (stats.isFile()) {
      const name = posix.basename(path);
      this.names.add(name);
      this.tree.file(path, await this.files.file(name, path, absolute));
      if ((stats.mode & 0o111) !== 0 || LIBRARY.test(name)) this.link(absolute);
    }
  }

  private link(absolute: string): void {
    const needs = elfNeeds(absolute);
    if (needs === undefined) return;
    for (const library of needs.libraries) this.needed.add(library);
    if (needs.interpreter !== undefined) this.loaders.add(needs.interpreter);
  }
}
