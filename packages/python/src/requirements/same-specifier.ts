import { canonicalSpecifier, isVersion, normalizeVersion, satisfies } from './specifier.js';

/**
 * Whether two specifier sets (PEP 440) admit the same releases: by their clauses, or else by the versions at which they
 * can differ, those that they name and their neighbours. Pre-releases do not count: `==1.2.*` is `>=1.2,<1.3`.
 */
export function sameSpecifier(a: string, b: string): boolean {
  const [first, second] = [canonicalClauses(a), canonicalClauses(b)];
  if (first === second) return true;
  const clauses = [...first.split(','), ...second.split(',')];
  if (clauses.some((clause) => clause.startsWith('==='))) return false;
  return clauses
    .map((clause) => clause.replace(/^[<>=!~]+/, '').replace(/\.\*$/, ''))
    .flatMap(neighbours)
    .every((version) => satisfies(version, first) === satisfies(version, second));
}

/** Each clause in one spelling: `>=1.0` is `>=1`; after `~=` and before `.*` zeros mean something. */
function canonicalClauses(specifier: string): string {
  const clauses = canonicalSpecifier(specifier)
    .split(',')
    .map((clause) => {
      const [, operator = '', version = '', wildcard = ''] = /^(===|[<>=!~]=?|==)?(.*?)((?:\.\*)?)$/.exec(clause) ?? [];
      if (operator === '===' || !isVersion(version)) return clause;
      const normal = normalizeVersion(version);
      const plain = operator === '~=' || wildcard !== '' || !/^[\d.]+$/.test(normal);
      return `${operator}${plain ? normal : normal.replace(/(?:\.0)+$/, '')}${wildcard}`;
    });
  return [...new Set(clauses)].sort().join(',');
}

/** Releases at and around a version. */
function neighbours(version: string): string[] {
  const [, epoch = '', release = ''] = /^(\d+!)?(\d+(?:\.\d+)*)/.exec(version) ?? [];
  const numbers = release.split('.').map(Number);
  const near = numbers.flatMap((number, index) =>
    [number - 1, number + 1].filter((each) => each >= 0).map((each) => [...numbers.slice(0, index), each].join('.')),
  );
  const all = [release, `${release}.0.1`, `${release}.1`, `${release}.post1`, ...near, '0', '99999'];
  return all.map((each) => `${epoch}${each}`).filter(isVersion);
}
