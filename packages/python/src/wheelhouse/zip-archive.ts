import { Readable } from 'node:stream';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { fromRandomAccessReaderPromise, openPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';

/** Bytes that can be read from any place on, as a zip archive needs them. */
export interface SeekableBytes {
  readonly sizeBytes: number;
  /** From `offset` to the end, as far as it is read. */
  read(offset: number): AsyncIterable<Uint8Array>;
}

/** @param path absolute */
export async function bytesOfFile(path: string): Promise<SeekableBytes> {
  const { size } = await stat(path);
  return { sizeBytes: size, read: (start) => createReadStream(path, { start }) as AsyncIterable<Uint8Array> };
}

export function bytesOfBlob(blobs: BlobStore, digest: Digest): SeekableBytes {
  return { sizeBytes: digest.sizeBytes, read: (offset) => blobs.read(digest, offset) };
}

/** A zip archive, read without being held in memory. */
export class ZipArchive {
  private readonly byName: ReadonlyMap<string, Entry>;

  private constructor(
    private readonly file: string,
    private readonly zip: ZipFile,
    private readonly entries: readonly Entry[],
  ) {
    this.byName = new Map(entries.map((entry) => [entry.fileName, entry]));
  }

  /**
   * Reads the archive's directory.
   *
   * @param file what errors call it
   * @throws ElementError ARTIFACT where the bytes are no zip archive
   */
  static async open(file: string, bytes: SeekableBytes): Promise<ZipArchive> {
    const { sizeBytes } = bytes;
    return await ZipArchive.of(file, fromRandomAccessReaderPromise(new Ranges(bytes), sizeBytes, OPTIONS));
  }

  /** The same for a file of this machine. @param path absolute */
  static async openFile(file: string, path: string): Promise<ZipArchive> {
    return await ZipArchive.of(file, openPromise(path, OPTIONS));
  }

  private static async of(file: string, opening: Promise<ZipFile>): Promise<ZipArchive> {
    try {
      const zip = await opening;
      const entries: Entry[] = [];
      for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) entries.push(entry);
      return new ZipArchive(file, zip, entries);
    } catch (error) {
      throw unreadable(file, error);
    }
  }

  close(): void {
    this.zip.close();
  }

  /** The names of its files, in the archive's order; one that is there twice is listed twice. */
  get names(): string[] {
    return this.entries.map(({ fileName }) => fileName);
  }

  /** The content of a file. @throws ElementError ARTIFACT where it is not there or cannot be read */
  async *read(name: string): AsyncIterable<Uint8Array> {
    const entry = this.byName.get(name);
    if (entry === undefined) {
      throw new ElementError({ code: 'ARTIFACT', message: `\`${this.file}\` has no file \`${name}\`` });
    }
    try {
      for await (const chunk of await this.zip.openReadStreamPromise(entry)) yield chunk as Uint8Array;
    } catch (error) {
      throw unreadable(this.file, error);
    }
  }

  /** The content of a text file. */
  async text(name: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.read(name)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** Whoever opens it closes it. */
const OPTIONS = { lazyEntries: true, autoClose: false };

/** What yauzl reads from. */
class Ranges extends RandomAccessReader {
  constructor(private readonly bytes: SeekableBytes) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(range(this.bytes, start, end), { objectMode: false });
  }
}

async function* range(bytes: SeekableBytes, start: number, end: number): AsyncIterable<Uint8Array> {
  let left = end - start;
  if (left === 0) return;
  for await (const chunk of bytes.read(start)) {
    yield chunk.byteLength > left ? chunk.subarray(0, left) : chunk;
    left -= Math.min(left, chunk.byteLength);
    if (left === 0) return;
  }
}

/** What yauzl and zlib say of bytes that are no archive; errors of the system are somebody else's. */
function unreadable(file: string, error: unknown): unknown {
  if (error instanceof ElementError || !(error instanceof Error) || 'syscall' in error) return error;
  return new ElementError({
    code: 'ARTIFACT',
    message: `\`${file}\` cannot be read as a wheel: ${error.message}`,
    cause: error,
  });
}
