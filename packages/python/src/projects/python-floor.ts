import { compareVersions } from '../requirements/specifier.js';

/** The oldest Python that uv resolves for; of what is older it only knows `3`, any of them. */
const OLDEST_RESOLVED = '3.6';
/** The oldest Python that builds run with here: that of the helpers in the sandbox. */
const OLDEST_BUILDER = '3.8';

/**
 * The lowest Python that the locks of a project are for.
 *
 * @param bound the lowest one that its requires-python admits
 */
export function resolvedFrom(bound: string): string {
  return bound === '3' || compareVersions(bound, OLDEST_RESOLVED) >= 0 ? bound : OLDEST_RESOLVED;
}

/**
 * The lowest Python that a build lock may be for, the widest first: what a project is for and what it is built with are
 * two things, and no backend has to run on all that the project runs on (docs/adr/0073). The last is that of the chosen
 * interpreter, which is always enough.
 *
 * @param python the lowest one that the project is for
 * @param interpreter the full version of the interpreter that builds
 */
export function buildFloors(python: string, interpreter: string): readonly [string, ...string[]] {
  const widest = later(python, OLDEST_BUILDER);
  const chosen = interpreter.split('.').slice(0, 2).join('.');
  return compareVersions(chosen, widest) > 0 ? [widest, chosen] : [widest];
}

function later(a: string, b: string): string {
  return compareVersions(a, b) >= 0 ? a : b;
}
