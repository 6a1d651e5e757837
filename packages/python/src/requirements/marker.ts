import type { MarkerEnvironment } from './marker-environment.js';
import { normalizeName } from './name.js';
import { isSpecifier, isVersion, satisfies } from './specifier.js';

/** One side of a comparison: a variable of the environment, or a string as written. */
export type MarkerOperand = { readonly variable: keyof MarkerEnvironment | 'extra' } | { readonly value: string };

/** The comparisons of PEP 508. */
export type MarkerOperator = '<' | '<=' | '!=' | '==' | '>=' | '>' | '~=' | '===' | 'in' | 'not in';

/** An environment marker (PEP 508) as plain data. */
export type Marker =
  | { readonly type: 'and' | 'or'; readonly operands: readonly Marker[] }
  | {
      readonly type: 'compare';
      readonly left: MarkerOperand;
      readonly operator: MarkerOperator;
      readonly right: MarkerOperand;
    };

/** The marker that holds if all of these hold; `undefined` is the marker that always holds. */
export function bothMarkers(a: Marker | undefined, b: Marker | undefined): Marker | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const all = [...conjuncts(a), ...conjuncts(b)];
  const operands = [...new Map(all.map((operand) => [formatMarker(operand), operand])).values()];
  const [only] = operands;
  return operands.length === 1 ? only : { type: 'and', operands };
}

/** The markers that have all to hold for this one to hold; none for the one that always holds. */
export function conjuncts(marker: Marker | undefined): readonly Marker[] {
  if (marker === undefined) return [];
  return marker.type === 'and' ? marker.operands : [marker];
}

/** A marker as PEP 508 writes it; strings in double quotes unless they hold one. */
export function formatMarker(marker: Marker): string {
  if (marker.type === 'compare') {
    return `${formatOperand(marker.left)} ${marker.operator} ${formatOperand(marker.right)}`;
  }
  return marker.operands
    .map((operand) =>
      operand.type !== 'compare' && operand.type !== marker.type ? `(${formatMarker(operand)})` : formatMarker(operand),
    )
    .join(` ${marker.type} `);
}

/**
 * Whether a marker holds in an environment (PEP 508). A marker on `extra` holds when it does for one of `extras`;
 * without extras, `extra` is the empty string, as it is to pip.
 */
export function evaluateMarker(
  marker: Marker | undefined,
  environment: MarkerEnvironment,
  extras: readonly string[] = [],
): boolean {
  if (marker === undefined) return true;
  const candidates = extras.length === 0 ? [''] : extras;
  return candidates.some((extra) => evaluate(marker, environment, normalizeName(extra)));
}

/**
 * Whether a marker holds in some environment with these variables; conditions on other variables may hold. Outside of
 * extras.
 */
export function mayHold(marker: Marker | undefined, known: Partial<MarkerEnvironment>): boolean {
  return marker === undefined || evaluate(marker, known, '');
}

/** A comparison with a variable that is not known counts as true: no marker is the opposite of another. */
function evaluate(marker: Marker, environment: Partial<MarkerEnvironment>, extra: string): boolean {
  switch (marker.type) {
    case 'and':
      return marker.operands.every((operand) => evaluate(operand, environment, extra));
    case 'or':
      return marker.operands.some((operand) => evaluate(operand, environment, extra));
    case 'compare': {
      const isExtra = [marker.left, marker.right].some((side) => 'variable' in side && side.variable === 'extra');
      const [left, right] = [marker.left, marker.right].map((side) => {
        const value = 'value' in side ? side.value : side.variable === 'extra' ? extra : environment[side.variable];
        return isExtra && value !== undefined ? normalizeName(value) : value;
      });
      return left === undefined || right === undefined || compare(left, marker.operator, right);
    }
    default: {
      const unknown: never = marker;
      throw new Error(`no such marker: ${JSON.stringify(unknown)}`);
    }
  }
}

/** PEP 508: a comparison of versions where both sides are ones, else one of Python strings. */
function compare(left: string, operator: MarkerOperator, right: string): boolean {
  switch (operator) {
    case 'in':
      return right.includes(left);
    case 'not in':
      return !right.includes(left);
    default:
      break;
  }
  const specifier = `${operator}${right}`;
  if (isVersion(left) && isSpecifier(specifier)) return satisfies(left, specifier);
  switch (operator) {
    case '==':
    case '===':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '~=':
      return false;
    default: {
      const unknown: never = operator;
      throw new Error(`no such operator: ${String(unknown)}`);
    }
  }
}

function formatOperand(operand: MarkerOperand): string {
  if ('variable' in operand) return operand.variable;
  return operand.value.includes('"') ? `'${operand.value}'` : `"${operand.value}"`;
}
