import type { Described } from './described.js';
import { exact, nextVersion } from './version-parts.js';

/** The place of a number in a release. */
const MINOR = 2;
const PATCH = 3;

/** The next patch; on a branch with `feature` in its name the next minor. setuptools_scm: `python-simplified-semver`. */
export function simplifiedSemver(at: Described): string {
  if (exact(at)) return at.version;
  return `${raised(at.version, at.branch.includes('feature') ? MINOR : PATCH)}.dev${at.distance}`;
}

/**
 * The next version on a branch that is named for the tag's major and minor, such as `release/1.2`; elsewhere the next
 * minor. setuptools_scm: `release-branch-semver`.
 */
export function releaseBranchSemver(at: Described): string {
  if (exact(at)) return at.version;
  const ofBranch = at.versionIn(at.branch.split('/').at(-1) ?? '')?.replace(/^v/, '');
  const upToMinor = (version: string): string => version.split('.').slice(0, MINOR).join('.');
  const isReleaseBranch = ofBranch !== undefined && upToMinor(ofBranch) === upToMinor(at.version);
  return `${isReleaseBranch ? nextVersion(at.version) : raised(at.version, MINOR)}.dev${at.distance}`;
}

/** Major, minor and patch with one of them raised; those of a version that ends in `.dev0` as they are. */
function raised(version: string, place: number): string {
  const [, epoch = '', release = ''] = /^(\d+!)?(\d+(?:\.\d+)*)/.exec(version) ?? [];
  const numbers = release.split('.').map(Number);
  if (!/\.?dev0?$/.test(version)) {
    const kept = Array.from({ length: place }, (_, index) => numbers[index] ?? 0);
    numbers.splice(0, numbers.length, ...kept.slice(0, -1), (kept.at(-1) ?? 0) + 1);
  }
  while (numbers.length < PATCH) numbers.push(0);
  return `${epoch}${numbers.join('.')}`;
}
