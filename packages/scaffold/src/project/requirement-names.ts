import { normalizeName } from '@wheelhouse/python/internal';

/** The requirements of a project by their normalised names. */
export function requirementNames(requirements: readonly string[]): Set<string> {
  return new Set(requirements.map((each) => normalizeName(/^[\w.-]+/.exec(each)?.[0] ?? '')));
}
