import type { Element } from '@wheelhouse/element';

/** What is done to make an element's artifact, and what was done: the present participle and the past participle. */
export type Verbs = readonly [doing: string, done: string];

const BY_KIND: Readonly<Record<string, Verbs>> = {
  sdist: ['compiling', 'compiled'],
  'python-env': ['installing', 'installed'],
  'python-test': ['testing', 'tested'],
};

/** The verbs for an element, by its kind. */
export function verbsOf({ kind }: Pick<Element, 'kind'>): Verbs {
  return BY_KIND[kind] ?? ['building', 'built'];
}
