import type { Element, Scope } from '@wheelhouse/element';
import { projectDirectory } from '../load/project-directory.js';
import { coreRegistry, resolve } from '../resolve/resolve.js';

/** Staging order, by its definition: depth first, each element once, after all that it needs at run time. */
function defined(element: Element, scope: Scope): string[] {
  const found = new Set<string>();
  const visit = ({ name, dependencies }: Element): void => {
    if (found.has(name)) return;
    for (const each of dependencies) if (each.type !== 'build') visit(each.element);
    found.add(name);
  };
  if (scope === 'run') visit(element);
  else for (const each of element.dependencies) if (each.type !== 'runtime') visit(each.element);
  return [...found];
}

/** Elements that depend on some of those before them, in all three ways. */
function graphFiles(count: number): Record<string, string> {
  const files: Record<string, string> = { 'project.conf': 'name: test\nmin-version: 2.0\n' };
  let state = 7;
  const pick = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  for (let index = 0; index < count; index += 1) {
    const lines = ['kind: stack'];
    for (const type of ['depends', 'build-depends', 'runtime-depends']) {
      const others = new Set(Array.from({ length: Math.min(2, index) }, () => pick(index)));
      if (type !== 'depends' && pick(2) === 0) continue;
      if (others.size > 0) lines.push(`${type}:`, ...[...others].map((other) => `- e${String(other)}.bst`));
    }
    // An element mentioned twice is an error if it is so with one type.
    files[`e${String(index)}.bst`] = `${lines.join('\n')}\n`;
  }
  return files;
}

describe('Element.closure', () => {
  it('is in staging order, whichever element is asked first and however often', async () => {
    const directory = projectDirectory(graphFiles(60));
    for (const reversed of [false, true]) {
      const { elements } = await resolve(directory, ['e59.bst', 'e58.bst', 'e40.bst'], { registry: coreRegistry() });
      const order = reversed ? [...elements].reverse() : elements;
      for (const element of [...order, ...order]) {
        for (const scope of ['build', 'run'] as const) {
          expect(element.closure(scope).map(({ name }) => name)).toEqual(defined(element, scope));
        }
      }
    }
  });

  it('gives a list of its own each time', async () => {
    const { targets } = await resolve(projectDirectory(graphFiles(5)), ['e4.bst'], { registry: coreRegistry() });
    const [target] = targets;
    const before = target?.closure('run').map(({ name }) => name);
    target?.closure('run').reverse().pop();
    expect(target?.closure('run').map(({ name }) => name)).toEqual(before);
  });

  it('is found for chains of any length', async () => {
    const files: Record<string, string> = { 'project.conf': 'name: test\nmin-version: 2.0\n' };
    for (let index = 0; index < 3000; index += 1) {
      const before = index === 0 ? '' : `depends: [e${String(index - 1)}.bst]\n`;
      files[`e${String(index)}.bst`] = `kind: stack\n${before}`;
    }
    const { targets } = await resolve(projectDirectory(files), ['e2999.bst'], { registry: coreRegistry() });
    expect(targets[0]?.closure('run')).toHaveLength(3000);
  });
});
