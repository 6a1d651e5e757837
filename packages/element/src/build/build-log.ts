import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { namingPath } from '../base/system-error.js';
import { digestOf, type Digest } from '../cas/digest.js';
import type { Element } from '../plugin/element.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Key, Sink } from '../plugin/ports.js';
import { storeError } from '../store/store-error.js';
import { makeDirectory } from '../base/make-directory.js';

/** A file system takes 255 bytes for a name; the rest tells names apart that are cut. */
const LONGEST_NAME = 200;

/**
 * The file that takes what the commands of an element print: `<directory>/<element>/<key>.log`.
 *
 * @param directory absolute path of the directory of log files
 */
export function logPath(directory: string, { normalName }: Element, key: Key): string {
  const name =
    normalName.length <= LONGEST_NAME
      ? normalName
      : `${normalName.slice(0, LONGEST_NAME)}-${digestOf(normalName).hash.slice(0, 8)}`;
  return join(directory, name, `${key}.log`);
}

/** What one build printed: a file while it runs, which people can follow, and a blob afterwards. */
export class BuildLog implements Sink {
  private readonly descriptor: number;
  private readonly hash = createHash('sha256');
  private readonly decoder = new StringDecoder('utf8');
  private sizeBytes = 0;
  private isOpen = true;

  /**
   * @param path absolute path of the log file; replaced if it is there
   * @param alsoTo takes what is printed as text; a character that comes in two parts is whole
   * @throws ElementError STORE if it cannot be written
   */
  constructor(
    readonly path: string,
    private readonly alsoTo: (text: string) => void,
  ) {
    this.descriptor = this.attempt(() => {
      makeDirectory(dirname(path));
      return openSync(path, 'w');
    });
  }

  /** @throws ElementError STORE if it cannot be written, such as on a full disk */
  write(chunk: Uint8Array): void {
    this.attempt(() => {
      let written = 0;
      while (written < chunk.byteLength) written += writeSync(this.descriptor, chunk, written);
    });
    this.hash.update(chunk);
    this.sizeBytes += chunk.byteLength;
    this.tell(this.decoder.write(Buffer.from(chunk)));
  }

  /** Ends the file and keeps it. @throws ElementError STORE */
  async close(blobs: BlobStore): Promise<Digest> {
    this.abandon();
    const digest = { hash: this.hash.digest('hex'), sizeBytes: this.sizeBytes };
    await blobs.write(digest, createReadStream(this.path));
    return digest;
  }

  /** Ends the file without keeping it: the build itself went wrong. A second call does nothing. */
  abandon(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.tell(this.decoder.end());
    closeSync(this.descriptor);
  }

  private tell(text: string): void {
    if (text !== '') this.alsoTo(text);
  }

  private attempt<T>(write: () => T): T {
    try {
      return namingPath(this.path, write);
    } catch (error) {
      throw storeError(error, 'write to', this.path);
    }
  }
}

/** The last lines of a text file, read from its end. */
export function tailOf(path: string, lines: number): string {
  const bytes = 64 * 1024;
  const descriptor = openSync(path, 'r');
  try {
    const size = statSync(path).size;
    const buffer = Buffer.alloc(Math.min(bytes, size));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
