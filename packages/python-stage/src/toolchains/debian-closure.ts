import { ElementError } from '@wheelhouse/element';
import { packageClosure, type InstalledPackage } from '@wheelhouse/element/internal';
import { LOCK_COMMAND, TOOLCHAIN_LOCK } from './toolchain-lock.js';
import type { LockedPackage } from './toolchain.js';

/**
 * Those of the locked packages that some of them need, in the order in which they are unpacked.
 *
 * @param packages names that have to be locked @param optional names that need not
 * @throws ElementError TOOLCHAIN
 */
export function lockedClosure(
  locked: readonly LockedPackage[],
  { packages, optional }: { readonly packages: readonly string[]; readonly optional: readonly string[] },
): LockedPackage[] {
  const known = new Map(locked.map((each) => [each.name, each]));
  const all = new Map(
    locked.map(({ name, version, rank, needs }): [string, InstalledPackage] => [
      name,
      { id: name, name, version, isNative: true, rank, needs },
    ]),
  );
  const missing = packages.find((name) => !known.has(name));
  if (missing !== undefined) {
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: `${TOOLCHAIN_LOCK} does not have the package \`${missing}\``,
      hint: `run \`${LOCK_COMMAND}\`, and commit ${TOOLCHAIN_LOCK}`,
    });
  }
  const start = [...packages, ...optional].flatMap((name) => all.get(name) ?? []);
  return packageClosure(all, start).flatMap(({ id }) => known.get(id) ?? []);
}
