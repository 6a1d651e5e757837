import type { InstalledPackage, Need } from './package-database.js';

/**
 * Packages and all that they need, sorted by identity.
 *
 * What several packages satisfy is satisfied by one that is needed anyhow; else by the preferred one of the most basic.
 * Certain needs are followed first, so that a package beside the closure decides nothing where one in it is enough.
 */
export function packageClosure(
  all: ReadonlyMap<string, InstalledPackage>,
  start: readonly InstalledPackage[],
): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const open: Need[] = [];
  const ahead = [...start];
  for (;;) {
    for (let each = ahead.pop(); each !== undefined; each = ahead.pop()) {
      if (found.has(each.id)) continue;
      found.set(each.id, each);
      for (const need of each.needs) {
        const [only] = need;
        if (need.length > 1) open.push(need);
        else if (only !== undefined) ahead.push(...packagesOf(all, [only]));
      }
    }
    const unmet = open.filter((need) => !need.some((id) => found.has(id)));
    const [first] = unmet.sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));
    if (first === undefined) return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const candidates = packagesOf(all, first);
    const best = Math.min(...candidates.map(({ rank }) => rank));
    ahead.push(...candidates.filter(({ rank }) => rank === best).slice(0, 1));
    open.splice(0, open.length, ...unmet.filter((need) => need !== first));
  }
}

function packagesOf(all: ReadonlyMap<string, InstalledPackage>, ids: Need): InstalledPackage[] {
  return ids.flatMap((id) => all.get(id) ?? []);
}
