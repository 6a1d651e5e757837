import type { DependencyType } from '../plugin/element.js';

/** What the order of dependencies needs to know of an element. */
export interface Ordered<T> {
  readonly name: string;
  readonly dependencies: { readonly element: T; readonly type: DependencyType }[];
}

/**
 * Puts every element's dependencies in BuildStream's order: what another one needs comes first, then what is needed
 * only at run time last, then by name.
 *
 * The comparison is not transitive, so the result depends on the algorithm: it must be a stable merge sort with
 * binary insertion below 64 items, as CPython's and V8's are (both are TimSort).
 *
 * @param elements all of a graph without cycles, dependencies before those that need them
 */
export function sortDependencies<T extends Ordered<T>>(elements: readonly T[]): void {
  const needs = reachable(elements);
  for (const element of elements) {
    element.dependencies.sort((a, b) => {
      if (needs(a.element, b.element)) return 1;
      if (needs(b.element, a.element)) return -1;
      if (a.type !== b.type) {
        if (a.type === 'runtime') return 1;
        if (b.type === 'runtime') return -1;
      }
      if (a.element.name === b.element.name) return 0;
      return a.element.name > b.element.name ? 1 : -1;
    });
  }
}

/** Whether one element needs another, directly or not: a bit for each pair. */
function reachable<T extends Ordered<T>>(elements: readonly T[]): (from: T, to: T) => boolean {
  const index = new Map(elements.map((element, position) => [element, position]));
  const words = Math.ceil(elements.length / 32);
  const bits = new Uint32Array(words * elements.length);
  elements.forEach((element, position) => {
    const row = position * words;
    for (const dependency of element.dependencies) {
      const other = index.get(dependency.element) ?? 0;
      const otherRow = other * words;
      for (let word = 0; word < words; word += 1)
        bits[row + word] = (bits[row + word] ?? 0) | (bits[otherRow + word] ?? 0);
      const word = row + (other >>> 5);
      bits[word] = (bits[word] ?? 0) | (1 << (other & 31));
    }
  });
  return (from, to) => {
    const other = index.get(to) ?? 0;
    return ((bits[(index.get(from) ?? 0) * words + (other >>> 5)] ?? 0) & (1 << (other & 31))) !== 0;
  };
}

/**
 * All elements that `targets` need to be built and run, each after what it needs: BuildStream's staging order, in which
 * build dependencies come before runtime dependencies.
 */
export function stagingOrder<T extends Ordered<T>>(targets: readonly T[]): T[] {
  const ordered: T[] = [];
  const visited = new Set<T>();
  const enter = (element: T): Iterator<T> | undefined => {
    if (visited.has(element)) return undefined;
    visited.add(element);
    return [
      ...element.dependencies.filter(({ type }) => type !== 'runtime'),
      ...element.dependencies.filter(({ type }) => type === 'runtime'),
    ]
      .map((dependency) => dependency.element)
      .values();
  };
  for (const target of targets) {
    const path: { readonly element: T; readonly rest: Iterator<T> }[] = [];
    const descend = (element: T): void => {
      const rest = enter(element);
      if (rest !== undefined) path.push({ element, rest });
    };
    descend(target);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.rest.next();
      if (next.done === true) {
        ordered.push(step.element);
        path.pop();
      } else descend(next.value);
    }
  }
  return ordered;
}
