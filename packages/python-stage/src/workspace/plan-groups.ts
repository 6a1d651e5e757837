import { haveIndexes } from '@wheelhouse/python/fetch';
import type { PlannedClosure } from './operation.js';
import type { PlannedElement } from '../plan/planned-element.js';
import { withBuildTools } from '../plan/planned-project.js';

/** A group while it grows: the texts of its elements by their names, and where its files are downloaded from. */
interface Group<W> {
  readonly works: W[];
  readonly elements: Map<string, string>;
  readonly indexes: string;
}

/**
 * Sorts the works of several projects into groups whose plans can be one graph: what is called the same is the same in
 * all of them, and their files name the same indexes, since a session downloads everything with one set of settings.
 * Plans differ under one name where two interpreters answer alike but are different files (docs/adr/0101).
 */
export function planGroups<W extends { readonly closure: PlannedClosure }>(works: readonly W[]): W[][] {
  const groups: Group<W>[] = [];
  for (const work of works) {
    const elements = new Map(work.closure.plan.elements.map((element) => [element.name, textOf(element)]));
    const indexes = indexesOf(work.closure);
    const fits = groups.find((group) => group.indexes === indexes && agree(group.elements, elements));
    const group = fits ?? { works: [], elements: new Map<string, string>(), indexes };
    if (fits === undefined) groups.push(group);
    group.works.push(work);
    for (const [name, text] of elements) group.elements.set(name, text);
  }
  return groups.map(({ works: grouped }) => grouped);
}

function agree(group: ReadonlyMap<string, string>, elements: ReadonlyMap<string, string>): boolean {
  for (const [name, text] of elements) if ((group.get(name) ?? text) !== text) return false;
  return true;
}

/** What an element is made from, but for where messages about it point. */
function textOf({ template, overlay, variation, ejected }: PlannedElement): string {
  return JSON.stringify([template, overlay, variation, ejected?.toPlain()]);
}

/** What the files of projects say of indexes: empty where that is nothing. */
function indexesOf({ all }: PlannedClosure): string {
  const projects = withBuildTools(all).map(({ metadata }) => metadata);
  if (!haveIndexes(projects)) return '';
  return JSON.stringify(projects.map(({ fromFiles, indexes }) => [fromFiles?.indexes, indexes]));
}
