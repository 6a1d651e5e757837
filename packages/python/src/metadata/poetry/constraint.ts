import { ElementError, type Origin } from '@wheelhouse/element';
import { canonicalSpecifier, isVersion, normalizeVersion } from '../../requirements/specifier.js';

/** One comparison of a constraint: an operator of PEP 440 and a version, which may end in `.*`. */
export interface Clause {
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly version: string;
}

/**
 * Reads a version constraint in Poetry's language: caret (`^1.2`), tilde (`~1.2`), wildcard (`1.2.*`) and exact
 * constraints (`1.2`), and the comparisons of PEP 440, joined by commas or spaces; alternatives by `|` or `||`.
 * https://python-poetry.org/docs/dependency-specification/#version-constraints
 *
 * @returns the alternatives, each a list of comparisons that all have to hold; an empty one is any version
 * @throws ElementError METADATA
 */
export function poetryConstraint(text: string, origin: Origin): readonly (readonly Clause[])[] {
  return text
    .trim()
    .split(/\s*\|\|?\s*/)
    .map((alternative) =>
      alternative
        .replace(/[,\s]+$/, '')
        // A space between two comparisons stands for a comma, one behind an operator for nothing.
        .split(/(?<!^)(?<![\^~=>< ,]) *(?<!-)[, ](?!-) *(?!,|$)/)
        .flatMap((clause) => clausesOf(clause, text, origin)),
    );
}

/**
 * A constraint as a specifier set of PEP 440, `''` being any version.
 *
 * @throws ElementError METADATA, for alternatives too: a specifier set has none
 */
export function poetrySpecifier(text: string, origin: Origin): string {
  const alternatives = poetryConstraint(text, origin);
  if (alternatives.some((clauses) => clauses.length === 0)) return '';
  const [only] = alternatives;
  if (only === undefined || alternatives.length > 1) {
    throw new ElementError({
      code: 'METADATA',
      message: `\`${text}\` has alternatives, which version specifiers and wheel metadata cannot express (PEP 440)`,
      origin,
      hint: 'write one range, such as `>=1.0,!=2.0.*,<3.0`, or several constraints with `markers`',
    });
  }
  return specifierOf(only);
}

/** Comparisons as a specifier set. */
export function specifierOf(clauses: readonly Clause[]): string {
  return canonicalSpecifier(clauses.map(({ operator, version }) => `${operator}${version}`).join(','));
}

function clausesOf(clause: string, text: string, origin: Origin): Clause[] {
  if (/^v?[x*](\.[x*])*$/i.test(clause)) return [];
  const [, operator = '', written = '', wildcard = ''] =
    /^(\^|~=?|[<>!]=?|={1,2})?\s*(.*?)((?:\.\*)*)$/.exec(clause) ?? [];
  if (!isVersion(written)) return fail(clause, text, origin);
  const version = normalizeVersion(written);
  if (wildcard !== '') {
    if (!['', '=', '==', '!='].includes(operator)) return fail(clause, text, origin);
    return [{ operator: operator === '!=' ? '!=' : '==', version: `${version}.*` }];
  }
  const upTo = (index: number): Clause[] => [
    { operator: '>=', version },
    { operator: '<', version: raised(version, index) },
  ];
  const numbers = releaseOf(version);
  switch (operator) {
    case '^': {
      const first = numbers.slice(0, 3).findIndex((number) => number > 0);
      return upTo(first < 0 ? Math.min(numbers.length, 3) - 1 : first);
    }
    case '~':
      return upTo(numbers.length === 1 ? 0 : 1);
    case '~=':
      return upTo(Math.max(numbers.length - 2, 0));
    case '':
    case '=':
    case '==':
      return [{ operator: '==', version }];
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [{ operator, version }];
    default:
      return fail(clause, text, origin);
  }
}

function releaseOf(version: string): number[] {
  return (/^(?:\d+!)?([\d.]*\d)/.exec(version)?.[1] ?? '').split('.').map(Number);
}

/** The release with the number at `index` raised by one and zeros behind it; the epoch stays. */
function raised(version: string, index: number): string {
  const [epoch = ''] = /^\d+!/.exec(version) ?? [];
  const numbers = releaseOf(version).map((number, at) => (at < index ? number : at === index ? number + 1 : 0));
  return `${epoch}${numbers.join('.')}`;
}

function fail(clause: string, text: string, origin: Origin): never {
  throw new ElementError({
    code: 'METADATA',
    message: `\`${text}\` is not a version constraint${clause === text ? '' : `: cannot parse \`${clause}\``}`,
    origin,
    hint: "Poetry's constraints are written as `^1.2`, `~1.2`, `1.2.*`, `1.2` or `>=1.2,<2`",
  });
}
