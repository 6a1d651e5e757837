import { globMatcher } from './glob.js';
import type { MappingNode } from '../load/node.js';

/**
 * Whether a path of an artifact may be over another's.
 *
 * @param publicData of the artifact's element, whose `bst` has the `overlap-whitelist`
 */
export function whitelistOf(publicData: MappingNode): (path: string) => boolean {
  const globs = publicData.mapping('bst')?.sequence('overlap-whitelist')?.scalars() ?? [];
  const matchers = globs.map((glob) => globMatcher(glob.asString()));
  return (path) => matchers.some((matches) => matches(path));
}
