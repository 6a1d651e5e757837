import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathBeside, replaceMemo } from '../base/replace-file.js';
import { errnoOf } from '../base/errno.js';
import { BYTE_CODE, statWalk, type StatEntry } from './stat-walk.js';
import { makeDirectory } from '../base/make-directory.js';
import { systemFault } from '../base/system-error.js';

/** What is known of a file: its stat when it was first seen, and its content once that was read. */
export interface ListedFile {
  readonly stamp: string;
  readonly content: string | undefined;
}

/** GNU find looks at tens of thousands of files on another processor, in a fraction of the time that it takes here. */
const FIND = '/usr/bin/find';
/** What find says of a file; {@link listedNow} says the same. */
const FORMAT = String.raw`%p\0%m %s %T@ %C@ %i\0\0`;
/** How many files are looked at before other work gets a chance to run: about a millisecond. */
const PIECE = 200;

/**
 * The files and symbolic links below some directories, kept in a file of their own: a record is a path, a stamp and a
 * content or nothing, each ended by NUL, which no path holds.
 */
export class FileListing {
  constructor(
    /** Absolute path of what is kept. */
    private readonly file: string,
    private readonly directories: readonly string[],
    /** Paths that are skipped, with all below them. */
    private readonly exclude: ReadonlySet<string>,
  ) {}

  /** The files that are there now. */
  *files(): Generator<StatEntry, void, undefined> {
    for (const entry of statWalk(this.directories, this.exclude))
      if (entry.type === 'file' || entry.type === 'symlink') yield entry;
  }

  /** Keeps what is there now, in the background. If the machine does not allow that, nothing is kept. */
  async makeInBackground(): Promise<void> {
    const temporary = pathBeside(this.file);
    try {
      makeDirectory(dirname(this.file));
      await this.makeAt(temporary);
    } catch (error) {
      if (systemFault(error) === undefined) throw error;
      rmSync(temporary, { force: true });
    }
  }

  private async makeAt(temporary: string): Promise<void> {
    if (!(await this.find(temporary))) {
      const records: string[] = [];
      for (const { path } of this.files()) {
        records.push(recordOf(path, listedNow(path)));
        if (records.length % PIECE === 0) await setImmediate();
      }
      writeFileSync(temporary, records.join(''));
    }
    renameSync(temporary, this.file);
  }

  /** Keeps what is there now, and answers it. */
  make(): Map<string, ListedFile> {
    const files = new Map([...this.files()].map(({ path }) => [path, listedNow(path)]));
    this.write(files);
    return files;
  }

  /** What is kept; `undefined` if nothing is. */
  read(): Map<string, ListedFile> | undefined {
    let text;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    const fields = text.split('\0');
    const files = new Map<string, ListedFile>();
    for (let at = 0; at + 2 < fields.length; at += 3) {
      const [path = '', stamp = '', content = ''] = fields.slice(at, at + 3);
      files.set(path, { stamp, content: content === '' ? undefined : content });
    }
    return files;
  }

  write(files: ReadonlyMap<string, ListedFile>): void {
    replaceMemo(this.file, [...files].map(([path, file]) => recordOf(path, file)).join(''));
  }

  /** @returns whether there is a GNU find and it has written all it could read */
  private async find(to: string): Promise<boolean> {
    const directories = this.directories.filter((path) => existsSync(path));
    if (!existsSync(FIND) || directories.length === 0) return false;
    const pruned = [['-name', BYTE_CODE], ...[...this.exclude].map((path) => ['-path', literally(path)])];
    const excluded = pruned.flatMap((test, index) => (index === 0 ? test : ['-o', ...test]));
    const kinds = ['(', '-type', 'f', '-o', '-type', 'l', ')'];
    const output = openSync(to, 'w');
    try {
      const args = ['-P', ...directories, '(', ...excluded, ')', '-prune', '-o', ...kinds, '-printf', FORMAT];
      const child = spawn(FIND, args, { stdio: ['ignore', output, 'ignore'], env: { LC_ALL: 'C' } });
      await once(child, 'close');
      // It ends with 1, too, where a directory may not be read. A find that has no -printf writes nothing.
      return statSync(to).size > 0;
    } catch {
      return false;
    } finally {
      closeSync(output);
    }
  }
}

/** A file as it is now, its content unread. */
export function listedNow(path: string): ListedFile {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return { stamp: '', content: undefined };
  const { mode, size, mtimeNs, ctimeNs, ino } = stats;
  const stamp = `${(mode & 0o7777n).toString(8)} ${size} ${seconds(mtimeNs)} ${seconds(ctimeNs)} ${ino}`;
  return { stamp, content: undefined };
}

/** As find writes it: a digit more than there are in a nanosecond. */
function seconds(nanoseconds: bigint): string {
  return `${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}0`;
}

/** A path as a pattern that is only met by itself. */
function literally(path: string): string {
  return path.replace(/[*?[\]\\]/g, String.raw`\$&`);
}

function recordOf(path: string, { stamp, content = '' }: ListedFile): string {
  return `${path}\0${stamp}\0${content}\0`;
}
