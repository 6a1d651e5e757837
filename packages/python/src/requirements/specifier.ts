import type * as Pep440 from '@renovatebot/pep440';
import { createRequire } from 'node:module';

const lazily = createRequire(__filename);

function pep440(): typeof Pep440 {
  return lazily('@renovatebot/pep440') as typeof Pep440;
}

/**
 * Whether a version fits a specifier set (PEP 440), `''` being every version. A pre-release fits where its number does:
 * the question is about a version that is there, not about one to choose.
 */
export function satisfies(version: string, specifier: string): boolean {
  if (specifier === '') return true;
  return pep440().satisfies(version, specifier, { prereleases: true });
}

/** Whether `specifier` is a specifier set of PEP 440; the empty one is. */
export function isSpecifier(specifier: string): boolean {
  return specifier.trim() === '' || pep440().validRange(specifier);
}

/** Whether `version` is a version of PEP 440. */
export function isVersion(version: string): boolean {
  return pep440().valid(version) !== null;
}

/** A version in PEP 440's normal form. */
export function normalizeVersion(version: string): string {
  // The library joins the parts of a local version by commas.
  return pep440().clean(version)?.replaceAll(',', '.') ?? version;
}

/** Orders two versions (PEP 440): negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  return pep440().compare(a, b);
}

/** One spelling for one specifier set: its clauses without white space, sorted by code unit. */
export function canonicalSpecifier(specifier: string): string {
  return specifier
    .split(',')
    .map((clause) => clause.replace(/\s+/g, ''))
    .filter((clause) => clause !== '')
    .sort()
    .join(',');
}

/**
 * The lowest Python a `requires-python` admits, as `X.Y` or `X.Y.Z`; what a lock must be good for.
 *
 * @returns `undefined` if the set has no lower bound
 */
export function lowerBound(requiresPython: string): string | undefined {
  const bounds = requiresPython.split(',').flatMap((clause) => {
    const match = /^\s*(>=|>|~=|==|===)\s*v?(\d+(?:\.\d+)*)(?:\.\*)?\s*$/.exec(clause);
    return match?.[2] === undefined ? [] : [match[2]];
  });
  bounds.sort(compareVersions);
  return bounds.at(-1);
}
