import { createHash, type Hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type BigIntStats,
  type Dirent,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ElementError, type ErrorCode } from '../base/error.js';
import { systemFault } from '../base/system-error.js';
import type { Origin } from '../base/origin.js';
import { digestOf, type Digest } from './digest.js';
import { EMPTY_DIRECTORY, encodeDirectory, type DirectoryNode, type FileNode, type SymlinkNode } from './directory.js';
import type { BlobStore } from './blob-store.js';
import type { FileSight, StatMemo } from './stat-memo.js';
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

/** Up to this many bytes a file is held in memory between being hashed and being kept. */
const HELD_FILE = 256 * 1024;
/** Held files are given to the store when they are so many, or have so many bytes together. */
const HELD_FILES = 512;
const HELD_BYTES = 16 * 1024 * 1024;

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
  private readonly buffer = Buffer.allocUnsafeSlow(HELD_FILE + 1);
  private held = new Map<string, { readonly digest: Digest; readonly bytes: Uint8Array }>();
  private heldBytes = 0;

  constructor(
    private readonly blobs: BlobStore,
    private readonly root: string,
    private readonly options: CaptureOptions,
  ) {}

  async run(): Promise<Digest> {
    const digest = await this.directory('', this.options.over?.tree);
    await this.flush();
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
        if (this.accepts(path, 'file')) files.push(await this.file(name, path));
      } else if (entry.isDirectory()) {
        if (this.accepts(path, 'directory')) {
          const below = under.directories.find((node) => node.name === name)?.digest;
          directories.push({ name, digest: await this.directory(`${path}/`, below) });
        }
      } else if (entry.isSymbolicLink()) {
        if (this.accepts(path, 'symlink')) symlinks.push({ name, target: this.target(path) });
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
    return over && new Set(this.attempt(relative, () => readdirSync(join(over.merged, relative))));
  }

  private accepts(path: string, type: 'file' | 'directory' | 'symlink'): boolean {
    return this.options.filter === undefined || this.options.filter(path, type);
  }

  private entries(relative: string): Dirent[] {
    const path = join(this.root, relative);
    const entries = this.attempt(relative, () => readdirSync(path, { withFileTypes: true }));
    // Node puts U+FFFD where a name is not UTF-8, but a name may also have it of its own.
    if (entries.some((entry) => entry.name.includes('\ufffd'))) {
      const wrong = readdirSync(path, { encoding: 'buffer' }).find(
        (name) => !isUtf8(name) && this.accepts(relative + name.toString('utf8'), 'file'),
      );
      if (wrong !== undefined) throw this.error(relative + wrong.toString('latin1'), 'has a name that is not UTF-8');
    }
    return entries;
  }

  private target(path: string): string {
    const target = this.attempt(path, () => readlinkSync(join(this.root, path), { encoding: 'buffer' }));
    if (!isUtf8(target)) throw this.error(path, 'is a symbolic link to a name that is not UTF-8');
    return target.toString('utf8');
  }

  private async file(name: string, path: string): Promise<FileNode> {
    const absolute = join(this.root, path);
    const sight = this.look(path, absolute);
    if (sight?.digest !== undefined && (await this.blobs.findMissing([sight.digest])).length === 0) {
      return { name, digest: sight.digest, isExecutable: sight.isExecutable };
    }
    const { bytes, isExecutable } = this.attempt(path, () => this.readSmall(absolute));
    const digest = bytes === undefined ? await this.large(path, absolute) : digestOf(bytes);
    const after = sight === undefined ? undefined : statOf(absolute);
    if (after !== undefined) sight?.learn(after, digest);
    if (bytes !== undefined) await this.hold(digest, bytes);
    return { name, digest, isExecutable };
  }

  private look(path: string, absolute: string): FileSight | undefined {
    const { memo } = this.options;
    if (memo === undefined) return undefined;
    const stats = this.attempt(path, () => statOf(absolute));
    return stats?.isFile() === true ? memo.look(stats) : undefined;
  }

  /** The bytes of a file, where it is small; always whether it is executable. Not what a link in its place leads to. */
  private readSmall(absolute: string): { bytes: Uint8Array | undefined; isExecutable: boolean } {
    const file = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size, mode } = fstatSync(file);
      const isExecutable = (mode & 0o100) !== 0;
      if (size > HELD_FILE) return { bytes: undefined, isExecutable };
      let length = 0;
      for (;;) {
        const read = readSync(file, this.buffer, length, this.buffer.byteLength - length, null);
        length += read;
        // It has grown since its size was asked for.
        if (length > HELD_FILE) return { bytes: undefined, isExecutable };
        if (read === 0 || length === size) break;
      }
      return { bytes: Buffer.from(this.buffer.subarray(0, length)), isExecutable };
    } finally {
      closeSync(file);
    }
  }

  private async large(path: string, absolute: string): Promise<Digest> {
    const read = (): AsyncIterable<Uint8Array> => createReadStream(absolute, { highWaterMark: 1024 * 1024 });
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const chunk of read()) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
      }
    } catch (error) {
      throw this.unreadable(path, error);
    }
    const digest = { hash: hash.digest('hex'), sizeBytes };
    if ((await this.blobs.findMissing([digest])).length > 0) {
      const after = createHash('sha256');
      try {
        await this.blobs.write(digest, hashed(read(), after));
      } catch (error) {
        // A full store stops reading; one that was given other bytes than were hashed has the file to blame.
        if (systemFault(error instanceof ElementError ? error.cause : error) !== undefined) throw error;
        if (after.digest('hex') === digest.hash) throw error;
        throw this.error(path, 'was changed while it was read', error);
      }
    }
    return digest;
  }

  private async hold(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (this.held.has(digest.hash)) return;
    this.held.set(digest.hash, { digest, bytes });
    this.heldBytes += bytes.byteLength;
    if (this.held.size >= HELD_FILES || this.heldBytes >= HELD_BYTES) await this.flush();
  }

  private async flush(): Promise<void> {
    const held = this.held;
    this.held = new Map();
    this.heldBytes = 0;
    const missing = await this.blobs.findMissing([...held.values()].map(({ digest }) => digest));
    for (const digest of missing) {
      const bytes = held.get(digest.hash)?.bytes;
      if (bytes !== undefined) await this.blobs.write(digest, once(bytes));
    }
    await setImmediate();
  }

  private attempt<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.unreadable(path, error);
    }
  }

  /** The error of a system call on an entry, which is the directory's fault and not this program's. */
  private unreadable(path: string, error: unknown): unknown {
    // By its shape: the error may come from another realm than this module's `Error`.
    const errno = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (errno === 'EACCES' || errno === 'EPERM') return this.error(path, 'cannot be read: permission denied', error);
    if (errno === 'ENOENT' && path === '') return this.error(path, 'does not exist', error);
    if (errno === 'ENOENT' || errno === 'ELOOP') return this.error(path, 'was changed while it was read', error);
    return error;
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

function statOf(absolute: string): BigIntStats | undefined {
  return lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
}

function kindOf(entry: Dirent): string {
  if (entry.isFIFO()) return 'a fifo';
  if (entry.isSocket()) return 'a socket';
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return 'a device';
  return 'of an unknown type';
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
