import { globMatcher } from './glob.js';
import type { Element } from '../plugin/element.js';

/** Whether a path of the element's artifact may lie over another's (`public.bst.overlap-whitelist`). */
export function whitelistOf(element: Element): (path: string) => boolean {
  const globs = element.public.mapping('bst')?.sequence('overlap-whitelist')?.scalars() ?? [];
  const matchers = globs.map((glob) => globMatcher(element.variables.expand(glob)));
  return (path) => matchers.some((matches) => matches(path));
}
