import { readFileSync, rmSync, type BigIntStats } from 'node:fs';
import { replaceMemo } from '../base/replace-file.js';
import { systemFault } from '../base/system-error.js';
import { digestOf, type Digest } from './digest.js';

/** The name of the memo in a store: one for all that reads files of this machine. */
export const FILE_DIGESTS = 'file-digests';

/** Raised whenever a line means something else. */
const FORMAT = 'file-digests 1';
/** Files remembered; those that were learned longest ago are forgotten first. */
const CAPACITY = 100_000;
/** The coarsest times that file systems keep (FAT: 2 seconds for mtime), in nanoseconds. */
const GRANULARITY = 2_000_000_000n;

/** A file as it was before it is read. */
export interface FileSight {
  /** What it contains, if that is known; otherwise it has to be read. */
  readonly digest: Digest | undefined;
  /** Whether its owner may execute it. */
  readonly isExecutable: boolean;
  /** Remembers what was read, unless the file may have changed meanwhile. @param after the file after it was read */
  learn(after: BigIntStats, digest: Digest): void;
}

/**
 * The digests of files by what the kernel says of them: device, inode, size, mode, mtime and ctime, both to the
 * nanosecond. No program can set ctime, so a file whose mtime was put back is another one (inode(7)).
 *
 * A file is not remembered if it was written less than two seconds before it was read: it could be written once more in
 * the same tick of its file system's clock, and look the same (docs/adr/0100).
 *
 * All of it is one file, loaded at the first look. A memo that is absent, damaged, or replaced by another process costs
 * time and nothing else.
 */
export class StatMemo {
  private loaded: Map<string, string> | undefined;
  private readonly learned = new Map<string, string>();

  /**
   * @param file absolute path of the memo
   * @param clock milliseconds since 1970
   */
  constructor(
    private readonly file: string,
    private readonly clock: () => number = Date.now,
  ) {}

  /** @param before a regular file, asked for before it is opened */
  look(before: BigIntStats): FileSight {
    const id = idOf(before);
    const stamp = stampOf(before);
    const known = this.learned.get(id) ?? this.entries().get(id);
    const isKnown = known?.startsWith(`${stamp} `) === true;
    const since = BigInt(Math.floor(this.clock())) * 1_000_000n;
    return {
      digest: isKnown ? { hash: known.slice(stamp.length + 1), sizeBytes: Number(before.size) } : undefined,
      isExecutable: (before.mode & 0o100n) !== 0n,
      learn: (after, { hash, sizeBytes }) => {
        // A file of procfs has another size than it contains.
        if (idOf(after) !== id || stampOf(after) !== stamp || BigInt(sizeBytes) !== after.size) return;
        if (latest(after) >= since - GRANULARITY) return;
        this.learned.set(id, `${stamp} ${hash}`);
      },
    };
  }

  /**
   * Writes what was learned since the last time, beside what other processes have written meanwhile; nothing, if
   * nothing was.
   */
  save(): void {
    if (this.learned.size === 0) return;
    const entries = readEntries(this.file);
    for (const [id, entry] of this.learned) {
      entries.delete(id);
      entries.set(id, entry);
    }
    this.learned.clear();
    this.loaded = entries;
    const kept = [...entries].slice(-CAPACITY);
    const lines = kept.map(([id, entry]) => `${id} ${entry}\n`).join('');
    replaceMemo(this.file, `${headOf(lines)}${lines}`);
  }

  /** Forgets all files, for every process: where one of them turned out to be wrong, the others cannot be trusted. */
  forget(): void {
    this.learned.clear();
    this.loaded = new Map();
    try {
      rmSync(this.file, { force: true });
    } catch (error) {
      if (systemFault(error) === undefined) throw error;
    }
  }

  private entries(): Map<string, string> {
    this.loaded ??= readEntries(this.file);
    return this.loaded;
  }
}

/**
 * Which file this is, and in which state: another text whenever a file is replaced, written to, or has its mode or times
 * set, as far as its file system tells.
 */
export function fileStamp(stats: BigIntStats): string {
  return `${idOf(stats)} ${stampOf(stats)}`;
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function stampOf({ size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${size} ${mode} ${mtimeNs} ${ctimeNs}`;
}

function latest({ mtimeNs, ctimeNs }: BigIntStats): bigint {
  return mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
}

/** The first line: a digest of the others, because a disk that was full or lost power leaves a file of any content. */
function headOf(lines: string): string {
  return `${FORMAT} ${digestOf(lines).hash}\n`;
}

function readEntries(file: string): Map<string, string> {
  const entries = new Map<string, string>();
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No memo yet, or none that can be read: files are read instead.
    return entries;
  }
  const lines = text.slice(text.indexOf('\n') + 1);
  if (!text.startsWith(headOf(lines))) return entries;
  for (const line of lines.split('\n')) {
    const end = line.indexOf(' ');
    if (end > 0) entries.set(line.slice(0, end), line.slice(end + 1));
  }
  return entries;
}
