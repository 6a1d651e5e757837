import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Digest } from '../plugin/digest.js';
import type { BlobStore, Sink } from '../plugin/ports.js';

/** What one build printed: a file while it runs, which people can follow, and a blob afterwards. */
export class BuildLog implements Sink {
  private readonly descriptor: number;
  private readonly hash = createHash('sha256');
  private sizeBytes = 0;

  /** @param path absolute path of the log file; replaced if it is there */
  constructor(
    readonly path: string,
    private readonly alsoTo: (chunk: Uint8Array) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.descriptor = openSync(path, 'w');
  }

  write(chunk: Uint8Array): void {
    writeSync(this.descriptor, chunk);
    this.hash.update(chunk);
    this.sizeBytes += chunk.byteLength;
    this.alsoTo(chunk);
  }

  /** Ends the file and keeps it. */
  async close(blobs: BlobStore): Promise<Digest> {
    closeSync(this.descriptor);
    const digest = { hash: this.hash.digest('hex'), sizeBytes: this.sizeBytes };
    await blobs.write(digest, createReadStream(this.path));
    return digest;
  }

  /** Ends the file without keeping it: the build itself went wrong. */
  abandon(): void {
    closeSync(this.descriptor);
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
