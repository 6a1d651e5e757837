import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { packageDatabasePaths, readPackageDatabase } from './package-database.js';
import { statWalk, type StatEntry } from './stat-walk.js';
import { errnoOf } from '../load/errno.js';

/** What makes up a host toolchain, and where it is remembered. */
export interface HostIdentityOptions {
  /** Directories that the package manager owns. */
  readonly directories: readonly string[];
  /** Files and directories that are known by their content. */
  readonly trees: readonly string[];
  /** Directories that are not part of it. */
  readonly exclude: readonly string[];
  memo(name: string): string;
  /**
   * Where the listing of all files goes, which nothing but a later verification needs; absent, it is left to the next who
   * looks. Whoever gives this awaits what is in it.
   */
  readonly background?: Set<Promise<void>> | undefined;
}

/** What was found out about a toolchain, and by which signs it is still so. */
interface Memo {
  /** The stamps of package database and trees when `identity` was computed. */
  readonly stamp: string;
  readonly identity: string;
  /** The digest of what verification found changed since the first sight, empty where nothing was. */
  readonly changes: string;
  /** Whether the baseline of this identity is written. */
  readonly listed: boolean;
}

/** A file of the toolchain at its first sight: its stamp, and its content once it was read. */
type Baseline = Record<string, { readonly stamp: string; readonly content?: string }>;

/**
 * Which toolchain this machine offers: the package database's versions, the content of the interpreter's own tree and
 * of a few settings. Reading them is remembered by stat, so that asking again costs one `lstat` a file of the tree.
 * Where no package database is known, the stamps of all files stand for it.
 */
export class HostIdentity {
  private readonly exclude: ReadonlySet<string>;
  private readonly databases: readonly string[];
  private readonly memoFile: string;
  private readonly baselineFile: string;

  constructor(private readonly options: HostIdentityOptions) {
    this.exclude = new Set(options.exclude);
    this.databases = packageDatabasePaths().filter((path) => existsSync(path));
    const name = sha256(JSON.stringify([options.directories, options.trees, options.exclude])).slice(0, 16);
    this.memoFile = options.memo(`host-${name}`);
    this.baselineFile = options.memo(`host-${name}-files`);
  }

  /** The identity as the signs tell it: SHA-256 in hexadecimal. */
  current(): string {
    const memo = this.look();
    const { background } = this.options;
    if (!memo.listed && background !== undefined) keep(background, this.listInPieces(memo));
    return combine(memo);
  }

  /**
   * The identity after reading every file: a file that was edited in place since the toolchain was first seen makes it
   * another one, for this call and those after it. Putting the file back makes it the first one again, where a
   * verification had read the file before the edit; otherwise only what the file system said of it is known.
   */
  verify(): string {
    const memo = this.look();
    if (!memo.listed) writeJson(this.baselineFile, baselineOf(this.allFiles()));
    const baseline = readJson(this.baselineFile) as Baseline | undefined;
    if (baseline === undefined) throw new Error(`the memo ${this.baselineFile} vanished while in use`);
    const seen: Baseline = {};
    const changes: string[] = [];
    for (const entry of this.allFiles()) {
      const content = contentOf(entry);
      const before = baseline[entry.path];
      const same =
        before !== undefined &&
        (before.content === undefined ? before.stamp === entry.stamp : before.content === content);
      if (!same) changes.push(`${entry.path} ${content}`);
      seen[entry.path] = before === undefined ? { stamp: '' } : same ? { stamp: before.stamp, content } : before;
    }
    for (const path of Object.keys(baseline)) {
      if (seen[path] !== undefined) continue;
      changes.push(`${path} removed`);
      seen[path] = baseline[path] ?? { stamp: '' };
    }
    writeJson(this.baselineFile, Object.fromEntries(Object.entries(seen).filter(([, { stamp }]) => stamp !== '')));
    const verified: Memo = {
      ...memo,
      listed: true,
      changes: changes.length === 0 ? '' : sha256(changes.sort().join('\n')),
    };
    writeJson(this.memoFile, verified);
    return combine(verified);
  }

  /** What is known of the toolchain as it is now, remembered. */
  private look(): Memo {
    const stamp = this.stamp();
    const memo = readJson(this.memoFile) as Memo | undefined;
    if (memo?.stamp === stamp) return memo;
    const identity = this.compute();
    const isSame = memo?.identity === identity;
    const fresh = { stamp, identity, changes: isSame ? memo.changes : '', listed: isSame && memo.listed };
    writeJson(this.memoFile, fresh);
    return fresh;
  }

  /** Looks at some files at a time, so that a build goes on meanwhile: there are tens of thousands. */
  private async listInPieces(memo: Memo): Promise<void> {
    const files: StatEntry[] = [];
    let count = 0;
    for (const entry of this.allFiles()) {
      files.push(entry);
      count += 1;
      if (count % PIECE === 0) await setImmediate();
    }
    writeJson(this.baselineFile, baselineOf(files));
    writeJson(this.memoFile, { ...memo, listed: true });
  }

  private stamp(): string {
    const watched = this.databases.length > 0 ? this.databases : this.options.directories;
    let lines = '';
    for (const { path, stamp } of statWalk([...watched, ...this.options.trees], this.exclude))
      lines += `${path} ${stamp}\n`;
    return sha256(lines);
  }

  private compute(): string {
    const hash = createHash('sha256');
    for (const database of this.databases) hash.update(`${database}\n${readPackageDatabase(database)}\n`);
    if (this.databases.length === 0) {
      for (const { path, stamp } of this.allFiles()) hash.update(`${path} ${stamp}\n`);
    }
    for (const entry of statWalk(this.options.trees, this.exclude)) hash.update(`${entry.path} ${contentOf(entry)}\n`);
    return hash.digest('hex');
  }

  private *allFiles(): Generator<StatEntry, void, undefined> {
    for (const entry of statWalk(this.options.directories, this.exclude))
      if (entry.type === 'file' || entry.type === 'symlink') yield entry;
  }
}

/** How many files are looked at before whatever else there is to do has its turn: about a millisecond's worth. */
const PIECE = 200;

function baselineOf(files: Iterable<StatEntry>): Baseline {
  const baseline: Record<string, { stamp: string }> = {};
  for (const { path, stamp } of files) baseline[path] = { stamp };
  return baseline;
}

/** Whoever awaits the work gets its error; until then it is nobody's. */
function keep(background: Set<Promise<void>>, work: Promise<void>): void {
  background.add(work);
  work.catch(() => undefined);
}

function combine(memo: Memo): string {
  return memo.changes === '' ? memo.identity : sha256(`${memo.identity} ${memo.changes}`);
}

function contentOf(entry: StatEntry): string {
  switch (entry.type) {
    case 'file':
      return `${entry.stamp.split(' ')[0] ?? ''} ${contentDigest(entry.path)}`;
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

function contentDigest(path: string): string {
  try {
    return sha256(readFileSync(path));
  } catch (error) {
    // Unreadable for this user: no command of theirs can read it either.
    if (errnoOf(error) === 'EACCES') return 'unreadable';
    throw error;
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A memo is a hint: one that is absent or not whole is as good as none. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || (error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(value));
  renameSync(temporary, path);
}
