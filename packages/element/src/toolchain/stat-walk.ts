import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { errnoOf } from '../base/errno.js';

/** One entry below a walked path: what the kernel says of it without reading it. */
export interface StatEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Changes whenever the entry is replaced, written to, or has its mode, owner or times set. */
  readonly stamp: string;
}

/** The name of the directories of byte code, which come and go. */
export const BYTE_CODE = '__pycache__';

/**
 * Everything below `paths`, each path included, in a fixed order. Byte code and what is below `exclude` is skipped, as
 * is a directory that may not be read.
 */
export function* statWalk(
  paths: readonly string[],
  exclude: ReadonlySet<string>,
): Generator<StatEntry, void, undefined> {
  const ahead = [...paths].reverse();
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (exclude.has(path)) continue;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const type = typeOf(stats);
    yield { path, type, stamp: stampOf(stats, type) };
    if (type !== 'directory') continue;
    for (const name of childrenOf(path)) if (name !== BYTE_CODE) ahead.push(`${path}/${name}`);
  }
}

/** The names in a directory, the last one first. */
function childrenOf(path: string): string[] {
  try {
    return readdirSync(path).sort().reverse();
  } catch (error) {
    // Unreadable for this user: no command of theirs can read it either.
    if (errnoOf(error) === 'EACCES') return [];
    throw error;
  }
}

function typeOf(stats: Stats): StatEntry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

/** A directory's times change with byte code written below it, so it is known by its mode and its entries alone. */
function stampOf(stats: Stats, type: StatEntry['type']): string {
  if (type === 'directory') return `${stats.mode}`;
  return `${stats.mode} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}`;
}
