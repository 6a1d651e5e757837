import type { Lock } from './lock.js';
import { parseFilename } from '../requirements/filename.js';
import { publicAddress } from '../requirements/address.js';
import { normalizeName } from '../requirements/name.js';
import type { Requirement } from '../requirements/requirement.js';

/**
 * Requirements with the names of their distributions: a path or an address alone has the name of the file that the lock
 * vendored for it. One that nothing was vendored for is left out; `checkVendored` tells of it.
 */
export function withNames(
  requirements: readonly Requirement[],
  { vendored = [] }: Pick<Lock, 'vendored'>,
): Requirement[] {
  return requirements.flatMap((requirement) => {
    if (requirement.normalizedName !== '') return [requirement];
    const address = publicAddress(requirement.url ?? '');
    const file = vendored.find(({ from }) => from === address)?.file;
    const name = file === undefined ? undefined : parseFilename(file)?.name;
    return name === undefined ? [] : [{ ...requirement, normalizedName: normalizeName(name) }];
  });
}
