import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Digest } from './digest.js';

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
 * and owners and times are the sandbox's affair.
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
  const writer = new BinaryWriter();
  for (const file of sortedByName(directory.files)) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeString(writer, 1, file.name);
    writeDigest(writer, 2, file.digest);
    if (file.isExecutable) writer.tag(4, WireType.Varint).bool(true);
    writer.join();
  }
  for (const child of sortedByName(directory.directories)) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writeString(writer, 1, child.name);
    writeDigest(writer, 2, child.digest);
    writer.join();
  }
  for (const link of sortedByName(directory.symlinks)) {
    writer.tag(3, WireType.LengthDelimited).fork();
    writeString(writer, 1, link.name);
    writeString(writer, 2, link.target);
    writer.join();
  }
  return writer.finish();
}

/** Reads {@link encodeDirectory}'s bytes, and any other encoding of the message; unknown fields are passed over. */
export function decodeDirectory(bytes: Uint8Array): Directory {
  const files: FileNode[] = [];
  const directories: DirectoryNode[] = [];
  const symlinks: SymlinkNode[] = [];
  readFields(new BinaryReader(bytes), (field, reader) => {
    if (field === 1) files.push(readFileNode(reader));
    else if (field === 2) directories.push(readDirectoryNode(reader));
    else if (field === 3) symlinks.push(readSymlinkNode(reader));
    else return false;
    return true;
  });
  return { files, directories, symlinks };
}

/** Writes field `number` as a REAPI `Digest` message. */
export function writeDigest(writer: BinaryWriter, number: number, digest: Digest): void {
  writer.tag(number, WireType.LengthDelimited).fork();
  writeString(writer, 1, digest.hash);
  if (digest.sizeBytes !== 0) writer.tag(2, WireType.Varint).int64(digest.sizeBytes);
  writer.join();
}

/** Writes field `number` as a string, unless it is empty (the default of proto3). */
export function writeString(writer: BinaryWriter, number: number, value: string): void {
  if (value !== '') writer.tag(number, WireType.LengthDelimited).string(value);
}

/** Sorted as REAPI asks: by the bytes of the name's UTF-8 form. */
export function sortedByName<T extends { readonly name: string }>(nodes: readonly T[]): readonly T[] {
  return [...nodes].sort((a, b) => compareNames(a.name, b.name));
}

function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  // Code units and UTF-8 bytes order alike below the surrogates.
  if (!/[\ud800-\uffff]/.test(a + b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function readFields(
  reader: BinaryReader,
  read: (field: number, reader: BinaryReader) => boolean,
  length?: number,
): void {
  const end = length === undefined ? reader.len : reader.pos + length;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (!read(field, reader)) reader.skip(type, field);
  }
}

function readFileNode(reader: BinaryReader): FileNode {
  let name = '';
  let digest: Digest = { hash: '', sizeBytes: 0 };
  let isExecutable = false;
  readFields(
    reader,
    (field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) digest = readDigest(reader);
      else if (field === 4) isExecutable = reader.bool();
      else return false;
      return true;
    },
    reader.uint32(),
  );
  return { name, digest, isExecutable };
}

function readDirectoryNode(reader: BinaryReader): DirectoryNode {
  let name = '';
  let digest: Digest = { hash: '', sizeBytes: 0 };
  readFields(
    reader,
    (field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) digest = readDigest(reader);
      else return false;
      return true;
    },
    reader.uint32(),
  );
  return { name, digest };
}

function readSymlinkNode(reader: BinaryReader): SymlinkNode {
  let name = '';
  let target = '';
  readFields(
    reader,
    (field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) target = reader.string();
      else return false;
      return true;
    },
    reader.uint32(),
  );
  return { name, target };
}

function readDigest(reader: BinaryReader): Digest {
  let hash = '';
  let sizeBytes = 0;
  readFields(
    reader,
    (field) => {
      if (field === 1) hash = reader.string();
      else if (field === 2) sizeBytes = Number(reader.int64());
      else return false;
      return true;
    },
    reader.uint32(),
  );
  return { hash, sizeBytes };
}
