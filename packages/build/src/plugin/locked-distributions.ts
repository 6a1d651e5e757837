import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { errnoOf, replaceMemo } from '@wheelhouse/element/internal';
import { locksDirectory, parseLock } from '@wheelhouse/python/lockfile';

/** A distribution as a lock has it. */
export interface LockedDistribution {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** `sha256:<hex>`, sorted. */
  readonly hashes: readonly string[];
}

/** Raised whenever the same text of a lock gives something else. */
const FORMAT = 1;

/**
 * What the locks of projects hold, remembered by the content of the locks. A memo that is lost costs time and nothing
 * else.
 */
export class LockedDistributions {
  private readonly known: Map<string, readonly LockedDistribution[]>;
  private readonly used = new Map<string, readonly LockedDistribution[]>();

  /**
   * @param workspace absolute path
   * @param memo path of a JSON file
   */
  constructor(
    private readonly workspace: string,
    private readonly memo: string,
  ) {
    this.known = readMemo(memo);
  }

  /** The distributions in all locks of a project; a lock that cannot be read has none, and is reported. */
  of(root: string): LockedDistribution[] {
    const directory = locksDirectory(root);
    return listLocks(join(this.workspace, directory)).flatMap((name) => this.read(posix.join(directory, name)));
  }

  /** Keeps what was used. */
  save(): void {
    if (this.used.size === this.known.size && [...this.used.keys()].every((key) => this.known.has(key))) return;
    replaceMemo(this.memo, JSON.stringify({ format: FORMAT, locks: [...this.used] }));
  }

  private read(file: string): readonly LockedDistribution[] {
    const text = readIfPossible(join(this.workspace, file));
    if (text === undefined) return [];
    const digest = createHash('sha256').update(text).digest('hex');
    const distributions = this.known.get(digest) ?? distributionsOf(text, file);
    this.used.set(digest, distributions);
    return distributions;
  }
}

function distributionsOf(text: string, file: string): LockedDistribution[] {
  try {
    const { entries } = parseLock(text, file);
    return entries.map(({ normalizedName, version, hashes }) => ({ name: normalizedName, version, hashes }));
  } catch (error) {
    if (error instanceof ElementError) return [];
    throw error;
  }
}

/** A lock that cannot be read is reported by its users. */
function readIfPossible(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

function listLocks(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.txt'))
      .sort();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function readMemo(path: string): Map<string, readonly LockedDistribution[]> {
  try {
    const memo = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly format?: unknown;
      readonly locks?: [string, readonly LockedDistribution[]][];
    };
    return new Map(memo.format === FORMAT ? memo.locks : []);
  } catch (error) {
    // None yet, or one that was cut short.
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return new Map();
    throw error;
  }
}
