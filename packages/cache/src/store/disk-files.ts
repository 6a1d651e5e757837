import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';

const RENEW_AFTER_MS = 10_000;

/** Unique names of files in a directory, across processes. */
export class OwnNames {
  private readonly prefix: string;
  private count = 0;

  /** @param directory absolute path */
  constructor(directory: string) {
    this.prefix = join(directory, `${process.pid}-${randomBytes(6).toString('hex')}-`);
  }

  /** An absolute path. */
  next(): string {
    return `${this.prefix}${this.count++}`;
  }
}

/**
 * Does what needs the directory of `path`, which is made if it does not exist: to look each time takes longer than to
 * find out.
 */
export function withDirectory<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return work();
  }
}

/** Writes a file that does not exist yet. */
export function createFile(path: string, content: string | Uint8Array): void {
  withDirectory(path, () => {
    writeFileSync(path, content, { flag: 'wx', mode: 0o644 });
  });
}

/** The text of a file; `undefined` if it does not exist. */
export function readTextIfThere(path: string): string | undefined {
  return unlessAbsent(() => readFileSync(path, 'utf8'));
}

/**
 * Makes a file that has just these bytes as young as one that is written now, or nearly so: by the seconds that a
 * collection gives to what nobody names yet a few do not count.
 *
 * @returns whether it is there and has them
 */
export function renewIfSame(path: string, bytes: Uint8Array, nowMs: number): boolean {
  return (
    unlessAbsent(() => {
      const file = openSync(path, 'r');
      try {
        const { size, mtimeMs } = fstatSync(file);
        if (size !== bytes.byteLength || !readAll(file, size).equals(bytes)) return false;
        if (Math.abs(nowMs - mtimeMs) > RENEW_AFTER_MS) futimesSync(file, nowMs / 1000, nowMs / 1000);
        return true;
      } finally {
        closeSync(file);
      }
    }) ?? false
  );
}

/** Removes a file that may be there. */
export function removeFile(path: string): void {
  unlessAbsent(() => {
    unlinkSync(path);
  });
}

/** All of an open file. @throws Error if it ends before `sizeBytes` */
export function readAll(descriptor: number, sizeBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let length = 0;
  while (length < sizeBytes) {
    const read = readSync(descriptor, bytes, length, sizeBytes - length, length);
    if (read === 0) throw new Error(`a file of ${sizeBytes} bytes ended after ${length}`);
    length += read;
  }
  return bytes;
}

function unlessAbsent<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
