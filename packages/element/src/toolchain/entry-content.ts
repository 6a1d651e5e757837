import { createHash, hash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type BigIntStats,
} from 'node:fs';
import { errnoOf } from '../base/errno.js';
import type { Digest } from '../cas/digest.js';
import type { StatMemo } from '../cas/stat-memo.js';
import type { StatEntry } from './stat-walk.js';

/**
 * What an entry is: the mode and the digest of a file, the target of a symbolic link, otherwise its type.
 *
 * @param digests what is known of files by their stat; absent, every file is read
 */
export function contentOf(entry: StatEntry, digests?: StatMemo): string {
  switch (entry.type) {
    case 'file':
      return `${entry.stamp.split(' ')[0] ?? ''} ${contentDigest(entry.path, digests)}`;
    case 'symlink':
      return `-> ${readlinkSync(entry.path)}`;
    case 'directory':
    case 'other':
      return entry.type;
    default: {
      const unknown: never = entry.type;
      throw new Error(`no such entry type: ${String(unknown)}`);
    }
  }
}

function contentDigest(path: string, digests: StatMemo | undefined): string {
  try {
    return digests === undefined ? digestOfFile(path).hash : knownDigest(path, digests);
  } catch (error) {
    // Unreadable for this user: no command of theirs can read it either.
    if (errnoOf(error) === 'EACCES') return 'unreadable';
    throw error;
  }
}

function knownDigest(path: string, digests: StatMemo): string {
  // Another user of the store may have read it.
  accessSync(path, constants.R_OK);
  const sight = digests.look(statOf(path));
  if (sight.digest !== undefined) return sight.digest.hash;
  const digest = digestOfFile(path);
  sight.learn(statOf(path), digest);
  return digest.hash;
}

function statOf(path: string): BigIntStats {
  return lstatSync(path, { bigint: true });
}

/** Read into memory that is kept: a toolchain has thousands of files, and memory that is new for each takes longer. */
function digestOfFile(path: string): Digest {
  const descriptor = openSync(path, 'r');
  try {
    const first = fill(descriptor);
    if (first.byteLength < memory.byteLength)
      return { hash: hash('sha256', first, 'hex'), sizeBytes: first.byteLength };
    const whole = createHash('sha256');
    let sizeBytes = 0;
    for (let piece = first; piece.byteLength > 0; piece = fill(descriptor)) {
      whole.update(piece);
      sizeBytes += piece.byteLength;
    }
    return { hash: whole.digest('hex'), sizeBytes };
  } finally {
    closeSync(descriptor);
  }
}

const memory = Buffer.allocUnsafeSlow(1024 * 1024);

/** What comes next of a file, as much as there is memory for; the same memory each time. */
function fill(descriptor: number): Buffer {
  let length = 0;
  for (let read = -1; read !== 0 && length < memory.byteLength; length += read)
    read = readSync(descriptor, memory, length, memory.byteLength - length, null);
  return memory.subarray(0, length);
}
