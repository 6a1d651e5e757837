import { compareVersions } from '@wheelhouse/python/internal';
import type { LockEntry } from '@wheelhouse/python/lockfile';

/** Names whose versions are not kept; `all` for none that is. */
export type Upgrade = 'all' | readonly string[] | undefined;

/**
 * The versions that a resolution keeps if they still fit: those of all these locks, the newer before the older where
 * locks differ, and without what is to be upgraded.
 */
export function preferencesOf(
  locks: readonly (readonly LockEntry[] | undefined)[],
  upgrade: Upgrade,
): readonly LockEntry[] {
  if (upgrade === 'all') return [];
  const [only, ...more] = locks.filter((entries) => entries !== undefined);
  if (only === undefined) return [];
  const entries = more.length === 0 ? only : newestFirst([only, ...more].flat());
  return entries.filter((entry) => upgrade?.includes(entry.normalizedName) !== true);
}

/** The entries of `first`, and of `second` those of which `first` has no version. */
export function preferredOver(first: readonly LockEntry[], second: readonly LockEntry[]): readonly LockEntry[] {
  const names = new Set(first.map(({ normalizedName }) => normalizedName));
  return [...first, ...second.filter(({ normalizedName }) => !names.has(normalizedName))];
}

function newestFirst(entries: readonly LockEntry[]): LockEntry[] {
  const distinct = new Map(entries.map((entry) => [`${entry.normalizedName}==${entry.version}`, entry]));
  return [...distinct.values()].sort((a, b) => compareVersions(b.version, a.version));
}
