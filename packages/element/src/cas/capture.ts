import { isUtf8 } from 'node:buffer';
import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type ErrorCode } from '../base/error.js';
import type { Origin } from '../base/origin.js';
import { digestOf, type Digest } from './digest.js';
import { EMPTY_DIRECTORY, encodeDirectory, type DirectoryNode, type FileNode, type SymlinkNode } from './directory.js';
import { FileCapture } from './file-capture.js';
import type { BlobStore } from './blob-store.js';
import type { StatMemo } from './stat-memo.js';
import { readDirectory } from './tree.js';

/** How a directory is captured. */
export interface CaptureOptions {
  /** What errors call the directory: `%{install-root}`, a source's path. */
  readonly label: string;
  /** The code of errors about what is in the directory. Default ARTIFACT. */
  readonly code?: ErrorCode;
  /** Where the directory is named, for errors. */
  readonly origin?: Origin;
  /** Whether an entry belongs to the tree; a directory that does not is not looked into. Default: every entry. */
  readonly filter?: (relativePath: string, type: 'file' | 'directory' | 'symlink') => boolean;
  /** Knows files by their stat: one that it knows and whose blob the store has is not read. Default: all are read. */
  readonly memo?: StatMemo | undefined;
  /** For the upper directory of an overlay: the tree is that of the whole overlay. */
  readonly over?: OverlaidTree;
}

/** What is under the directory of an overlay that takes what is written. */
export interface OverlaidTree {
  /** What is below; nothing if `undefined`. All of it is in the store. */
  readonly tree: Digest | undefined;
  /** Absolute path at which the overlay is mounted: the names that are seen there are those of the whole. */
  readonly merged: string;
}

/**
 * Keeps a directory of this machine as a tree. A file is executable where its owner may execute it; symbolic links are
 * kept as they are; other modes, owners, times and extended attributes are not (REAPI: `Directory`).
 *
 * Small files are read once, and written only if the store does not have them. Larger ones are read to be hashed
 * and, if the store does not have them, again to be kept. With a memo, files that are known are not read.
 *
 * @returns the digest of the root `Directory`; all blobs of the tree are in `blobs`
 * @throws ElementError of `options.code` on a fifo, socket, device, a name or target that is not UTF-8 among what
 *   belongs to the tree, an entry that cannot be read, and a file that changes meanwhile; `blobs`' own errors
 */
export async function captureTree(blobs: BlobStore, directory: string, options: CaptureOptions): Promise<Digest> {
  return await new Capture(blobs, directory, options).run();
}

class Capture {
  private readonly files: FileCapture;

  constructor(
    private readonly blobs: BlobStore,
    private readonly root: string,
    private readonly options: CaptureOptions,
  ) {
    const failure = (path: string, what: string, cause?: unknown): ElementError => this.error(path, what, cause);
    this.files = new FileCapture(blobs, failure, options.memo);
  }

  async run(): Promise<Digest> {
    const digest = await this.directory('', this.options.over?.tree);
    await this.files.flush();
    return digest;
  }

  /** @param relative the directory's path below the root with a slash behind it; empty for the root */
  private async directory(relative: string, lower?: Digest): Promise<Digest> {
    const files: FileNode[] = [];
    const directories: DirectoryNode[] = [];
    const symlinks: SymlinkNode[] = [];
    const under = lower === undefined ? EMPTY_DIRECTORY : await readDirectory(this.blobs, lower);
    const seen = this.seen(relative);
    for (const entry of this.entries(relative)) {
      const { name } = entry;
      // What stands for a removal is not seen.
      if (seen?.delete(name) === false) continue;
      const path = relative + name;
      if (entry.isFile()) {
        if (this.accepts(path, 'file')) files.push(await this.files.file(name, path, this.absolute(path)));
      } else if (entry.isDirectory()) {
        if (this.accepts(path, 'directory')) {
          const below = under.directories.find((node) => node.name === name)?.digest;
          directories.push({ name, digest: await this.directory(`${path}/`, below) });
        }
      } else if (entry.isSymbolicLink()) {
        if (this.accepts(path, 'symlink'))
          symlinks.push({ name, target: this.files.target(path, this.absolute(path)) });
      } else if (this.accepts(path, 'file')) {
        throw this.error(path, `is ${kindOf(entry)}, which a tree cannot contain`);
      }
    }
    // The rest is as it was.
    if (seen !== undefined) {
      files.push(...under.files.filter(({ name }) => seen.has(name)));
      directories.push(...under.directories.filter(({ name }) => seen.has(name)));
      symlinks.push(...under.symlinks.filter(({ name }) => seen.has(name)));
    }
    const bytes = encodeDirectory({ files, directories, symlinks });
    const digest = digestOf(bytes);
    // Written without asking first: a store may answer by the length alone, and writing repairs a damaged blob.
    await this.blobs.write(digest, once(bytes));
    return digest;
  }

  /** The names in a directory of the whole overlay. */
  private seen(relative: string): Set<string> | undefined {
    const { over } = this.options;
    return over && new Set(this.files.attempt(relative, () => readdirSync(join(over.merged, relative))));
  }

  /** Names of directories need no normalising, which takes a tenth of the time of a capture of known files. */
  private absolute(path: string): string {
    return `${this.root}/${path}`;
  }

  private accepts(path: string, type: 'file' | 'directory' | 'symlink'): boolean {
    return this.options.filter === undefined || this.options.filter(path, type);
  }

  private entries(relative: string): Dirent[] {
    const path = this.absolute(relative);
    const entries = this.files.attempt(relative, () => readdirSync(path, { withFileTypes: true }));
    // Node puts U+FFFD where a name is not UTF-8, but a name may also have it of its own.
    if (entries.some((entry) => entry.name.includes('\ufffd'))) {
      const wrong = readdirSync(path, { encoding: 'buffer' }).find(
        (name) => !isUtf8(name) && this.accepts(relative + name.toString('utf8'), 'file'),
      );
      if (wrong !== undefined) throw this.error(relative + wrong.toString('latin1'), 'has a name that is not UTF-8');
    }
    return entries;
  }

  private error(path: string, what: string, cause?: unknown): ElementError {
    return new ElementError({
      code: this.options.code ?? 'ARTIFACT',
      message: `${this.options.label}: \`${path === '' ? '.' : path.replace(/\/$/, '')}\` ${what}`,
      origin: this.options.origin,
      cause,
    });
  }
}

function kindOf(entry: Dirent): string {
  if (entry.isFIFO()) return 'a fifo';
  if (entry.isSocket()) return 'a socket';
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return 'a device';
  return 'of an unknown type';
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
