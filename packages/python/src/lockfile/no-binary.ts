import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { isBuilt, sdistKey, type Lock, type ProjectLocks } from './lock.js';
import type { LockPlace } from './read-locks.js';
import { select } from './selection.js';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';

/**
 * Whether a project's locks build from sdists what the option `noBinary` names, and nothing that it named once; no
 * index is queried (docs/adr/0027).
 *
 * @param noBinary normalised names; those that no lock holds count for nothing
 * @throws ElementError LOCK_STALE for each lock that says otherwise
 */
export function checkNoBinary(
  noBinary: readonly string[],
  locks: ProjectLocks,
  context: LockPlace & { readonly markers: MarkerEnvironment },
): void {
  const stale = (lock: Lock, reason: string): ElementError =>
    new ElementError({
      code: 'LOCK_STALE',
      message: `the lock \`${lock.file}\` is out of date: ${reason}`,
      hint: `run \`${context.command}\``,
    });
  const errors: ElementError[] = [];
  for (const lock of [locks.test, ...locks.build.values()]) {
    for (const entry of select(lock, context.markers)) {
      const isFromWheel = !isBuilt(entry, lock, locks) && lock.bootstrap?.includes(sdistKey(entry)) !== true;
      if (!isFromWheel || !noBinary.includes(entry.normalizedName)) continue;
      errors.push(stale(lock, `it has a wheel of \`${sdistKey(entry)}\`, which \`noBinary\` now lists`));
    }
    const [name = ''] = lock.distribution.split('==');
    if (lock.noBinary !== true || noBinary.includes(name)) continue;
    errors.push(stale(lock, `\`noBinary\` no longer lists \`${name}\``));
  }
  throwCollected(errors);
}
