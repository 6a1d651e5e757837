import type { Json } from '../base/json.js';
import type { KeyInputs } from '../key/element-key.js';

/** Inputs of a key of any version, with what a comparison relies on. */
export type ReadInputs = KeyInputs & { readonly sources: readonly Json[]; readonly dependencies: readonly Json[] };

/** Inputs that were kept. @returns `undefined` if they are not inputs of a key */
export function readInputs(value: unknown): ReadInputs | undefined {
  return isInputs(value) ? value : undefined;
}

function isInputs(value: unknown): value is ReadInputs {
  return (
    isDictionary(value) &&
    typeof value.format === 'number' &&
    isKind(value.kind) &&
    isDictionary(value.rules) &&
    Array.isArray(value.dependencies) &&
    Array.isArray(value.sources) &&
    value.sources.every((source: unknown) => isDictionary(source) && isKind(source.kind))
  );
}

function isKind(value: unknown): boolean {
  return isDictionary(value) && typeof value.kind === 'string';
}

function isDictionary(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
