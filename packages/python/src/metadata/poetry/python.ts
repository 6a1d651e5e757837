import type { Origin } from '@wheelhouse/element';
import { poetryConstraint, specifierOf, type Clause } from './constraint.js';
import { satisfies } from '../../requirements/specifier.js';

/** The versions of Python that alternatives are spelled out for, as poetry-core 2.5 does. */
const PYTHONS: readonly string[] = ['2.7', ...Array.from({ length: 16 }, (_, minor) => `3.${minor}`)];

/**
 * What Poetry's `python` means as `Requires-Python`: `3.8` is every 3.8, and of alternatives those versions of Python
 * are taken out that fit none, since a specifier set has no `or` (poetry-core's `format_python_constraint`).
 *
 * @throws ElementError METADATA
 */
export function poetryRequiresPython(text: string, origin: Origin): string {
  const alternatives = poetryConstraint(text, origin);
  if (alternatives.some((clauses) => clauses.length === 0)) return '';
  const [only] = alternatives;
  if (only !== undefined && alternatives.length === 1)
    return specifierOf(only.length === 1 ? only.flatMap(widened) : only);
  const fits = PYTHONS.map((python) => alternatives.some((clauses) => someOf(python, clauses)));
  const lowest = PYTHONS[fits.indexOf(true)];
  const out = PYTHONS.filter((_, index) => fits[index] === false).map((python) => `!=${python}.*`);
  return [...out, ...(lowest === undefined ? [] : [`>=${lowest}`])].sort().join(',');
}

/**
 * What `python` of a dependency means as an environment marker (PEP 508); `''` is always. `python_version` has two
 * numbers: comparisons with more, and those that two numbers would answer otherwise, are of `python_full_version`.
 *
 * @throws ElementError METADATA
 */
export function poetryPythonMarker(text: string, origin: Origin): string {
  const alternatives = poetryConstraint(text, origin);
  if (alternatives.some((clauses) => clauses.length === 0)) return '';
  return alternatives.map((clauses) => clauses.map(markerOf).join(' and ')).join(' or ');
}

function markerOf({ operator, version }: Clause): string {
  const [, numbers = '', wildcard = ''] = /^(.*?)(\.\*)?$/.exec(version) ?? [];
  const depth = numbers.split('.').length;
  if (wildcard !== '' && depth === 2) return `python_version ${operator} "${numbers}"`;
  if (wildcard !== '') return `python_full_version ${operator} "${version}"`;
  const exact = ['>', '<=', '!='].includes(operator);
  if (depth >= 3 || exact) {
    const padded = [...numbers.split('.'), '0', '0'].slice(0, Math.max(depth, 3)).join('.');
    return `python_full_version ${operator} "${padded}"`;
  }
  return `python_version ${operator} "${version}"`;
}

/** `3.8` is every 3.8 there, and `3` every 3. */
function widened(clause: Clause): Clause[] {
  const numbers = clause.version.split('.');
  if (clause.operator !== '==' || numbers.length > 2 || clause.version.endsWith('*')) return [clause];
  const [major = '', minor] = numbers;
  const next = minor === undefined ? `${Number(major) + 1}.0` : `${major}.${Number(minor) + 1}`;
  return [
    { operator: '>=', version: minor === undefined ? `${major}.0` : clause.version },
    { operator: '<', version: next },
  ];
}

/** Whether some release of a Python, `X.Y`, fits all of the comparisons. */
function someOf(python: string, clauses: readonly Clause[]): boolean {
  const named = clauses.map(({ version }) => version).filter((version) => version.startsWith(`${python}.`));
  const specifier = specifierOf(clauses);
  return [`${python}.0`, ...named.filter((version) => !version.endsWith('*')), `${python}.999`].some((version) =>
    satisfies(version, specifier),
  );
}
