import type { Digest } from '../cas/digest.js';

/** A part of what a source consists of: an installed package, or a directory that no package owns. @public */
export interface SourcePart {
  /** The same for every version of it. */
  readonly name: string;
  readonly version?: string;
  /** What it consists of; absent if it is kept in another form. */
  readonly tree?: Digest;
}

/**
 * What a source consists of, for users who ask why a key has changed. It is recorded beside the inputs of the key, and is
 * not one of them.
 *
 * @public
 */
export interface SourceFacts {
  /** What messages call the source: the path of a directory, or the name of a distribution. */
  readonly label: string;
  /** The version of what `label` names. */
  readonly version?: string;
  /** The tree whose digest is the unique key. */
  readonly tree?: Digest;
  /** What the tree is merged from, where that is more telling. */
  readonly parts?: readonly SourcePart[];
}

/** Whether a value that was read is {@link SourceFacts}. */
export function isSourceFacts(value: unknown): value is SourceFacts {
  return (
    isObject(value) &&
    typeof value.label === 'string' &&
    isOptional(value.version, isString) &&
    isOptional(value.tree, isDigest) &&
    isOptional(value.parts, (parts) => Array.isArray(parts) && parts.every(isPart))
  );
}

function isPart(value: unknown): boolean {
  return (
    isObject(value) && isString(value.name) && isOptional(value.version, isString) && isOptional(value.tree, isDigest)
  );
}

function isDigest(value: unknown): boolean {
  return isObject(value) && /^[0-9a-f]{64}$/.test(String(value.hash)) && Number.isSafeInteger(value.sizeBytes);
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
