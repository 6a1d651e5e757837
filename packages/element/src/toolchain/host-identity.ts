import { createHash, hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { replaceMemo } from '../base/replace-file.js';
import { FILE_DIGESTS, StatMemo } from '../cas/stat-memo.js';
import { contentOf } from './entry-content.js';
import { packageDatabasePaths, readPackageDatabase } from './package-database.js';
import { FileListing, listedNow, type ListedFile } from './file-listing.js';
import { statWalk } from './stat-walk.js';
import { errnoOf } from '../base/errno.js';

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
   * looks. The caller that gives this awaits what is in it.
   */
  readonly background?: Set<Promise<void>> | undefined;
}

/** What was found out about a toolchain, and by which signs it is still so. */
interface Memo {
  /** The stamps of package database and trees when `identity` was computed. */
  readonly stamp: string;
  readonly identity: string;
  /** The digest of what verification found changed since the first sight, empty if nothing was. */
  readonly changes: string;
  /** Whether the files were listed at the first sight of this identity. */
  readonly listed: boolean;
}

/**
 * Which toolchain this machine offers: the package database's versions, the content of the interpreter's own tree and
 * of a few settings. Reading them is remembered by stat, so that asking again costs one `lstat` a file of the tree.
 * If no package database is known, the stamps of all files stand for it.
 */
export class HostIdentity {
  private readonly exclude: ReadonlySet<string>;
  private readonly databases: readonly string[];
  private readonly memoFile: string;
  private readonly listing: FileListing;

  constructor(private readonly options: HostIdentityOptions) {
    this.exclude = new Set(options.exclude);
    this.databases = packageDatabasePaths().filter((path) => existsSync(path));
    const name = sha256(JSON.stringify([options.directories, options.trees, options.exclude])).slice(0, 16);
    this.memoFile = options.memo(`host-${name}`);
    this.listing = new FileListing(options.memo(`host-${name}-list`), options.directories, this.exclude);
  }

  /** The identity by the stat of what makes it up: SHA-256 in hexadecimal. */
  current(): string {
    const memo = this.look();
    const { background } = this.options;
    if (!memo.listed && background !== undefined) keep(background, this.list(memo));
    return combine(memo);
  }

  /**
   * The identity after reading every file: a file that was edited in place since the toolchain was first seen makes it
   * another one, for this call and those after it. Putting the file back makes it the first one again, where a
   * verification had read the file before the edit; otherwise only what the file system said of it is known.
   */
  verify(): string {
    const memo = this.look();
    const first = (memo.listed ? this.listing.read() : undefined) ?? this.listing.make();
    const seen = new Map<string, ListedFile>();
    const changes: string[] = [];
    for (const entry of this.listing.files()) {
      const content = contentOf(entry);
      const before = first.get(entry.path);
      first.delete(entry.path);
      const same =
        before !== undefined &&
        (before.content === undefined ? before.stamp === listedNow(entry.path).stamp : before.content === content);
      if (!same) changes.push(`${entry.path} ${content}`);
      if (before !== undefined) seen.set(entry.path, same ? { stamp: before.stamp, content } : before);
    }
    for (const [path, before] of first) {
      changes.push(`${path} removed`);
      seen.set(path, before);
    }
    this.listing.write(seen);
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

  private async list(memo: Memo): Promise<void> {
    await this.listing.makeInBackground();
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
      for (const { path, stamp } of this.listing.files()) hash.update(`${path} ${stamp}\n`);
    }
    const digests = new StatMemo(this.options.memo(FILE_DIGESTS));
    for (const entry of statWalk(this.options.trees, this.exclude)) {
      hash.update(`${entry.path} ${contentOf(entry, digests)}\n`);
    }
    digests.save();
    return hash.digest('hex');
  }
}

/** The error of the work goes to the caller that awaits it; until then it has no handler. */
function keep(background: Set<Promise<void>>, work: Promise<void>): void {
  background.add(work);
  work.catch(() => undefined);
}

function combine(memo: Memo): string {
  return memo.changes === '' ? memo.identity : sha256(`${memo.identity} ${memo.changes}`);
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A memo only saves time: one that is truncated counts as absent. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || (error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}

function writeJson(path: string, value: unknown): void {
  replaceMemo(path, JSON.stringify(value));
}
