import { globMatcher } from './glob.js';
import type { MappingNode } from '../load/node.js';
import type { SplitSelection } from '../plugin/split-selection.js';

/**
 * Which paths of an artifact a selection of its split domains takes (BuildStream reference: split rules). A path
 * belongs to every domain of which a glob matches it; one of no domain is an orphan. Exclusions take precedence over
 * inclusions.
 *
 * @param publicData of the artifact's element, whose `bst` has the `split-rules`
 * @returns `undefined` if the whole artifact is taken
 */
export function splitFilter(
  publicData: MappingNode,
  { include = [], exclude = [], orphans = true }: SplitSelection,
): ((path: string) => boolean) | undefined {
  if (orphans && include.length === 0 && exclude.length === 0) return undefined;
  const rules = publicData.mapping('bst')?.mapping('split-rules');
  const domains = (rules?.keys() ?? []).map((name) => {
    const globs = (rules?.sequence(name)?.scalars() ?? []).map((glob) => globMatcher(glob.asString()));
    return {
      included: include.length === 0 || include.includes(name),
      excluded: exclude.includes(name),
      claims: (path: string): boolean => globs.some((matches) => matches(path)),
    };
  });
  return (path) => {
    const claiming = domains.filter(({ claims }) => claims(path));
    if (claiming.some(({ excluded }) => excluded)) return false;
    return claiming.length === 0 ? orphans : claiming.some(({ included }) => included);
  };
}
