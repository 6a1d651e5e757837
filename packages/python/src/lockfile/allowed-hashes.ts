import type { LockEntry } from './lock.js';
import type { Requirement } from '../requirements/requirement.js';
import { satisfies } from '../requirements/specifier.js';

/** The files that requirements with hashes (pip's `--hash`) allow for an entry. */
export interface AllowedHashes {
  /** `sha256:<hex>`. */
  readonly hashes: ReadonlySet<string>;
  /** The first of the requirements that say so. */
  readonly requirement: Requirement;
}

/** Which files may be an entry by the word of requirements; `undefined` if none says anything of it. */
export function allowedHashes(
  entry: Pick<LockEntry, 'normalizedName' | 'version'>,
  requirements: readonly Requirement[],
): AllowedHashes | undefined {
  const meant = requirements.filter(
    ({ normalizedName, hashes, specifier }) =>
      normalizedName === entry.normalizedName && hashes !== undefined && satisfies(entry.version, specifier),
  );
  const [requirement] = meant;
  if (requirement === undefined) return undefined;
  return { hashes: new Set(meant.flatMap(({ hashes }) => hashes ?? [])), requirement };
}
