import type { ElementFacts } from '@wheelhouse/element';

/** What is done to make an element's artifact, and what was done: the present participle and the past participle. */
export type Verbs = readonly [doing: string, done: string];

/** The column in which what follows a verb begins. */
export const VERB_WIDTH = 10;

const BY_KIND: Readonly<Record<string, Verbs>> = {
  'python-env': ['installing', 'installed'],
  'python-test': ['testing', 'tested'],
};

/**
 * The verbs for an element, by its kind. A wheel that has no sources of its own is made from an sdist, which is staged
 * as a dependency.
 */
export function verbsOf({ kind, hasSources }: ElementFacts): Verbs {
  if (kind === 'wheel' && !hasSources) return ['compiling', 'compiled'];
  return BY_KIND[kind] ?? ['building', 'built'];
}
