import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { formatRequirement, type Requirement } from '@wheelhouse/python/internal';
import { allowedHashes, sdistKey, type LockEntry } from '@wheelhouse/python/lockfile';

/**
 * Entries with those files alone that requirements with hashes (pip's `--hash`) allow.
 *
 * @throws ElementError LOCK_HASH for each distribution of whose files none is allowed
 */
export function restrictToHashes(
  entries: readonly LockEntry[],
  requirements: readonly Requirement[],
): readonly LockEntry[] {
  const errors: ElementError[] = [];
  const restricted = entries.map((entry) => {
    const allowed = allowedHashes(entry, requirements);
    if (allowed === undefined) return entry;
    const hashes = entry.hashes.filter((hash) => allowed.hashes.has(hash));
    if (hashes.length > 0) return { ...entry, hashes };
    const { requirement } = allowed;
    errors.push(
      new ElementError({
        code: 'LOCK_HASH',
        message: `no file of \`${sdistKey(entry)}\` is among the hashes of \`${formatRequirement(requirement)}\``,
        origin: requirement.origin,
        detail: `the index has\n${entry.hashes.join('\n')}\nbut allowed are\n${[...allowed.hashes].join('\n')}`,
        hint: 'if the files were replaced on purpose, change the hashes',
      }),
    );
    return entry;
  });
  throwCollected(errors);
  return restricted;
}
