import { createReadStream, statSync } from 'node:fs';
import type { BlobStore, Digest } from '@wheelhouse/element';

/** Bytes that can be read from any place on. */
export interface ByteSource {
  /** What messages call it: a file's name. */
  readonly label: string;
  readonly sizeBytes: number;
  /** The bytes from `offset` on. */
  read(offset: number): AsyncIterable<Uint8Array>;
}

/** A member of an archive as its headers describe it. */
export interface ArchiveMember {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Unix permission bits, such as `0o644`; `undefined` if the archive holds none. */
  readonly mode: number | undefined;
  /** As recorded, to the second, without a time zone: `2011-11-11 11:11:10`. */
  readonly time: string;
  readonly sizeBytes: number;
  /** How it is packed: method, level flags and compressed size. */
  readonly packing: string;
  /** What else its headers say, by names for users: `owner`, `link`, `extra fields`. */
  readonly header: Readonly<Record<string, string>>;
}

/** An archive that has been opened. */
export interface Archive {
  readonly label: string;
  /** In the order in which the archive lists them. */
  readonly members: readonly ArchiveMember[];
  /** What the archive says beside its members, by names for users: `comment`, `gzip time`. */
  readonly header: Readonly<Record<string, string>>;
  /** What a member of `members` holds. @throws ElementError ARTIFACT if the archive is damaged */
  read(member: ArchiveMember): AsyncIterable<Uint8Array>;
  close(): void;
}

/** A file of this machine. @param path absolute */
export function fileBytes(path: string): ByteSource {
  return {
    label: path.slice(path.lastIndexOf('/') + 1),
    sizeBytes: statSync(path).size,
    read: (offset) => createReadStream(path, { start: offset }),
  };
}

/** A blob of a store. @param label the name of the file it is */
export function blobBytes(blobs: BlobStore, digest: Digest, label: string): ByteSource {
  return { label, sizeBytes: digest.sizeBytes, read: (offset) => blobs.read(digest, offset) };
}

/** All that comes, as one. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** The bytes from `start` up to `end`. */
export async function* range(bytes: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array> {
  let left = end - start;
  if (left <= 0) return;
  for await (const chunk of bytes.read(start)) {
    yield chunk.subarray(0, left);
    left -= chunk.byteLength;
    if (left <= 0) return;
  }
}
