import { lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs';
import { errnoOf } from '../load/errno.js';

/** One entry below a walked path: what the kernel says of it without reading it. */
export interface StatEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Changes whenever the entry is replaced, written to, or has its mode, owner or times set. */
  readonly stamp: string;
}

/**
 * Everything below `paths`, each path included, in a fixed order. Byte code (`__pycache__`) and what lies below
 * `exclude` is passed over, as is a directory that may not be read.
 */
export function statWalk(paths: readonly string[], exclude: ReadonlySet<string>): StatEntry[] {
  const entries: StatEntry[] = [];
  const visit = (path: string): void => {
    if (exclude.has(path)) return;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    const type = typeOf(stats);
    entries.push({ path, type, stamp: stampOf(stats, type) });
    if (type !== 'directory') return;
    for (const child of childrenOf(path)) if (child.name !== '__pycache__') visit(`${path}/${child.name}`);
  };
  for (const path of paths) visit(path);
  return entries;
}

function childrenOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
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
