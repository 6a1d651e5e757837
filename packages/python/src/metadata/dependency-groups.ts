import { ElementError } from '@wheelhouse/element';
import type { Pyproject } from './pyproject.js';
import { normalizeName } from '../requirements/name.js';
import { parseRequirement, type Requirement } from '../requirements/requirement.js';

/**
 * Dependency groups with those they include put in (PEP 735).
 *
 * @throws ElementError METADATA if a group is missing, there twice, or includes itself
 */
export function resolveGroups(groups: Pyproject['groups']): Record<string, Requirement[]> {
  const byName = new Map<
    string,
    { readonly name: string; readonly items: typeof groups extends ReadonlyMap<string, infer L> ? L : never }
  >();
  for (const [name, items] of groups) {
    const other = byName.get(normalizeName(name));
    if (other !== undefined) {
      throw new ElementError({
        code: 'METADATA',
        message: `the dependency groups \`${other.name}\` and \`${name}\` have the same normalized name`,
        origin: items[0]?.origin,
      });
    }
    byName.set(normalizeName(name), { name, items });
  }
  const resolve = (name: string, path: readonly string[]): Requirement[] =>
    (byName.get(name)?.items ?? []).flatMap((item) => {
      if ('value' in item) return [parseRequirement(item.value, item.origin)];
      const included = normalizeName(item.include);
      if (!byName.has(included)) {
        throw new ElementError({
          code: 'METADATA',
          message: `unknown dependency group \`${item.include}\``,
          origin: item.origin,
        });
      }
      if (path.includes(included)) {
        throw new ElementError({
          code: 'METADATA',
          message: `the dependency groups \`${[...path, included].join('` -> `')}\` include one another`,
          origin: item.origin,
        });
      }
      return resolve(included, [...path, included]);
    });
  return Object.fromEntries([...byName.keys()].map((name) => [name, resolve(name, [name])]));
}
