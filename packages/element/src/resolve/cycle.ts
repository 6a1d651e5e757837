import { ElementError } from '../base/error.js';

interface Linked<T> {
  readonly name: string;
  readonly dependencies: readonly { readonly element: T }[];
}

/**
 * Looks for an element that needs itself.
 *
 * @returns all elements, dependencies before those that need them
 * @throws ElementError CIRCULAR_DEPENDENCY with the whole chain
 */
export function refuseCycles<T extends Linked<T>>(targets: readonly T[]): T[] {
  const done = new Set<T>();
  for (const target of targets) {
    if (done.has(target)) continue;
    const path: T[] = [target];
    const next: number[] = [0];
    const onPath = new Set(path);
    for (let element = path.at(-1); element !== undefined; element = path.at(-1)) {
      const position = next.pop() ?? 0;
      const dependency = element.dependencies[position]?.element;
      if (dependency === undefined) {
        path.pop();
        onPath.delete(element);
        done.add(element);
        continue;
      }
      next.push(position + 1);
      if (onPath.has(dependency)) throw circular(path, dependency);
      if (done.has(dependency)) continue;
      path.push(dependency);
      next.push(0);
      onPath.add(dependency);
    }
  }
  return [...done];
}

function circular<T extends Linked<T>>(path: readonly T[], element: T): ElementError {
  const chain = [...path.slice(path.indexOf(element)), element].map(({ name }) => name);
  return new ElementError({
    code: 'CIRCULAR_DEPENDENCY',
    message: `Circular dependency detected at element: ${element.name}\nDependency chain: ${chain.join(' -> ')}`,
  });
}
