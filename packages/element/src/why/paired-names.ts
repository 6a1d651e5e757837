/** Names of two lists, each with the one that it was or became. */
export interface PairedNames<T> {
  readonly pairs: readonly (readonly [before: T, after: T])[];
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

/**
 * Pairs what has the same name, and then what differs by the digits of a digest, or by these and a version, at the end of
 * its name: `env/0f12ab34cd56.bst`, `distribution/six-1.16.0-0f12ab34cd56.bst`. Names of elements that are made by a plan
 * end so.
 */
export function pairNames<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
): PairedNames<T> {
  const pairs: (readonly [T, T])[] = [];
  let [removed, added] = [before, after];
  for (const family of [(name: string) => name, withoutDigest, withoutVersion]) {
    const waiting = new Map<string, T[]>();
    for (const each of removed) {
      const name = family(each.name);
      waiting.set(name, [...(waiting.get(name) ?? []), each]);
    }
    const left: T[] = [];
    const found = new Set<T>();
    for (const each of added) {
      const partner = waiting.get(family(each.name))?.shift();
      if (partner === undefined) left.push(each);
      else {
        pairs.push([partner, each]);
        found.add(partner);
      }
    }
    [removed, added] = [removed.filter((each) => !found.has(each)), left];
  }
  return { pairs, removed, added };
}

/** A name without the digits of a digest at its end. */
export function withoutDigest(name: string): string {
  return name.replace(/[0-9a-f]{12}(?=(?:\.bst)?$)/, '');
}

function withoutVersion(name: string): string {
  return withoutDigest(name).replace(/-\d[^/]*$/, '');
}
