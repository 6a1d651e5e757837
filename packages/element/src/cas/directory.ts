import type { Digest } from './digest.js';
import { readWire, WireWriter } from './wire.js';

/** A file of a {@link Directory}: REAPI's `FileNode`. */
export interface FileNode {
  readonly name: string;
  readonly digest: Digest;
  readonly isExecutable: boolean;
}

/** A directory of a {@link Directory}: REAPI's `DirectoryNode`; the digest is of the encoded child. */
export interface DirectoryNode {
  readonly name: string;
  readonly digest: Digest;
}

/** A symbolic link of a {@link Directory}: REAPI's `SymlinkNode`; the target is kept as it was written. */
export interface SymlinkNode {
  readonly name: string;
  readonly target: string;
}

/**
 * REAPI's `Directory`: one level of a tree. Node properties are never set: modes are 644 or 755 by `isExecutable`,
 * and owners and times are set by the sandbox.
 */
export interface Directory {
  readonly files: readonly FileNode[];
  readonly directories: readonly DirectoryNode[];
  readonly symlinks: readonly SymlinkNode[];
}

/** The directory with nothing in it. */
export const EMPTY_DIRECTORY: Directory = { files: [], directories: [], symlinks: [] };

/**
 * The canonical encoding of a directory (REAPI, `Directory`): children sorted by the bytes of their names, fields in
 * order of their numbers, defaults left out. Equal directories have equal bytes, so their digest is the tree's name.
 */
export function encodeDirectory(directory: Directory): Uint8Array {
  const writer = new WireWriter();
  for (const { name, digest, isExecutable } of sortedByName(directory.files)) {
    writer.message(1, (file) => {
      writeDigest(file.string(1, name), 2, digest).boolean(4, isExecutable);
    });
  }
  for (const { name, digest } of sortedByName(directory.directories)) {
    writer.message(2, (child) => {
      writeDigest(child.string(1, name), 2, digest);
    });
  }
  for (const { name, target } of sortedByName(directory.symlinks)) {
    writer.message(3, (link) => {
      link.string(1, name).string(2, target);
    });
  }
  return writer.finish();
}

/** Reads {@link encodeDirectory}'s bytes, and any other encoding of the message; unknown fields are skipped. */
export function decodeDirectory(bytes: Uint8Array): Directory {
  const files: FileNode[] = [];
  const directories: DirectoryNode[] = [];
  const symlinks: SymlinkNode[] = [];
  for (const { field, value } of readWire(bytes)) {
    if (typeof value === 'number') continue;
    if (field === 1) files.push(readNode(value));
    else if (field === 2) {
      const { name, digest } = readNode(value);
      directories.push({ name, digest });
    } else if (field === 3) symlinks.push(readSymlinkNode(value));
  }
  return { files, directories, symlinks };
}

/** Writes field `number` as a REAPI `Digest` message. */
export function writeDigest(writer: WireWriter, number: number, digest: Digest): WireWriter {
  return writer.message(number, (message) => {
    message.string(1, digest.hash).integer(2, digest.sizeBytes);
  });
}

/** Sorted as REAPI asks: by the bytes of the name's UTF-8 form. */
export function sortedByName<T extends { readonly name: string }>(nodes: readonly T[]): readonly T[] {
  return [...nodes].sort((a, b) => compareBytes(a.name, b.name));
}

/** Compares two texts by the bytes of their UTF-8 form, which is by code point: REAPI's order everywhere. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  // Code units and UTF-8 bytes order alike below the surrogates.
  if (!/[\ud800-\uffff]/.test(a + b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A `FileNode`, or a `DirectoryNode`, which has the same fields but the last. */
function readNode(bytes: Uint8Array): FileNode {
  let name = '';
  let digest: Digest = { hash: '', sizeBytes: 0 };
  let isExecutable = false;
  for (const { field, value } of readWire(bytes)) {
    if (field === 1 && typeof value !== 'number') name = value.toString('utf8');
    else if (field === 2 && typeof value !== 'number') digest = readDigest(value);
    else if (field === 4 && typeof value === 'number') isExecutable = value !== 0;
  }
  return { name, digest, isExecutable };
}

function readSymlinkNode(bytes: Uint8Array): SymlinkNode {
  let name = '';
  let target = '';
  for (const { field, value } of readWire(bytes)) {
    if (typeof value === 'number') continue;
    if (field === 1) name = value.toString('utf8');
    else if (field === 2) target = value.toString('utf8');
  }
  return { name, target };
}

function readDigest(bytes: Uint8Array): Digest {
  let hash = '';
  let sizeBytes = 0;
  for (const { field, value } of readWire(bytes)) {
    if (field === 1 && typeof value !== 'number') hash = value.toString('latin1');
    else if (field === 2 && typeof value === 'number') sizeBytes = value;
  }
  return { hash, sizeBytes };
}
