import type { Element } from '../plugin/element.js';

/**
 * How many elements wait for one another from each of these on, itself included: that on which the longest line waits is
 * to be built first.
 *
 * @param elements those that have to be built; the others have an artifact
 */
export function criticalPath(elements: readonly Element[]): ReadonlyMap<Element, number> {
  const dependents = new Map<Element, Element[]>(elements.map((element) => [element, []]));
  for (const element of elements) {
    for (const { element: needed } of element.dependencies) dependents.get(needed)?.push(element);
  }
  const lengths = new Map<Element, number>();
  const lengthOf = (element: Element): number => {
    const known = lengths.get(element);
    if (known !== undefined) return known;
    let longest = 0;
    for (const dependent of dependents.get(element) ?? []) longest = Math.max(longest, lengthOf(dependent));
    lengths.set(element, longest + 1);
    return longest + 1;
  };
  for (const element of elements) lengthOf(element);
  return lengths;
}
