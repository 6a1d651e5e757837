import type { Element } from '@wheelhouse/element';

/** What is done to make an element's artifact, and what was done: the present participle and the past participle. */
export type Verbs = readonly [doing: string, done: string];

const BY_KIND: Readonly<Record<string, Verbs>> = {
  'python-env': ['installing', 'installed'],
  'python-test': ['testing', 'tested'],
};

/** The verbs for an element, by its kind, and for the wheels of dependencies by where they lie in a plan. */
export function verbsOf({ kind, name }: Pick<Element, 'kind' | 'name'>): Verbs {
  if (name.startsWith('sdist-wheel/')) return ['compiling', 'compiled'];
  return BY_KIND[kind] ?? ['building', 'built'];
}
