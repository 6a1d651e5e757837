import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { compareVersions } from '@wheelhouse/python/internal';
import { sdistKey, type LockEntry } from '@wheelhouse/python/lockfile';
import type { ForeignEntry, ForeignLock } from './foreign-lock.js';

/** A version that another tool's lock has and these locks do not. */
export interface NotKept {
  readonly name: string;
  readonly version: string;
  /** What is locked instead. */
  readonly locked: string;
  /** The other tool's lock, relative to the workspace. */
  readonly file: string;
}

/** The versions of another tool's lock, to be preferred where they fit. */
export function foreignPreferences({ entries }: ForeignLock): LockEntry[] {
  return entries.map(({ normalizedName, version, hashes, origin }) => ({ normalizedName, version, hashes, origin }));
}

/**
 * Entries with those files alone that another tool's lock has for the same versions.
 *
 * @throws ElementError LOCK_HASH for each distribution whose files are all others
 */
export function checkAdopted(entries: readonly LockEntry[], foreign: ForeignLock): LockEntry[] {
  const errors: ElementError[] = [];
  const checked = entries.map((entry) => {
    const same = sameVersion(entry, foreign);
    const known = new Set(same.flatMap(({ hashes }) => hashes));
    if (known.size === 0) return entry;
    const hashes = entry.hashes.filter((hash) => known.has(hash));
    if (hashes.length > 0) return { ...entry, hashes };
    errors.push(
      new ElementError({
        code: 'LOCK_HASH',
        message: `no file of \`${sdistKey(entry)}\` on the index is in \`${foreign.file}\``,
        origin: same[0]?.origin,
        detail: `the index has\n${entry.hashes.join('\n')}\nand \`${foreign.file}\` has\n${[...known].join('\n')}`,
        hint: 'find out which file was replaced, and why, before you trust either',
      }),
    );
    return entry;
  });
  throwCollected(errors);
  return checked;
}

/** The versions of another tool's lock that did not fit. */
export function notKept(entries: readonly LockEntry[], foreign: ForeignLock): NotKept[] {
  const locked = new Map<string, LockEntry>();
  for (const entry of entries) if (!locked.has(entry.normalizedName)) locked.set(entry.normalizedName, entry);
  return [...locked.values()].flatMap((entry) => {
    const others = foreign.entries.filter(({ normalizedName }) => normalizedName === entry.normalizedName);
    const [other] = others;
    const kept = entries.some(
      (each) => each.normalizedName === entry.normalizedName && sameVersion(each, foreign).length > 0,
    );
    if (other === undefined || kept) return [];
    return [{ name: entry.normalizedName, version: other.version, locked: entry.version, file: foreign.file }];
  });
}

function sameVersion(entry: LockEntry, { entries }: ForeignLock): ForeignEntry[] {
  return entries.filter(
    ({ normalizedName, version }) =>
      normalizedName === entry.normalizedName && compareVersions(version, entry.version) === 0,
  );
}
