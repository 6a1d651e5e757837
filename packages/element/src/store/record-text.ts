import type { Digest } from '../cas/digest.js';
import type { ArtifactRecord, Key, PinnedDependency } from '../plugin/ports.js';

/** The text of a record's file: JSON, a digest being `{"hash", "sizeBytes"}`. */
export function formatRecord(record: ArtifactRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Reads {@link formatRecord}'s text. @returns `undefined` if it is not the record of `key` */
export function parseRecord(text: string, key: Key): ArtifactRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isRecord(value) && value.key === key ? value : undefined;
}

function isRecord(value: unknown): value is ArtifactRecord {
  return (
    isObject(value) &&
    isHash(value.key) &&
    typeof value.element === 'string' &&
    typeof value.kind === 'string' &&
    Number.isInteger(value.exitCode) &&
    isOptional(value.failedCommand, isText) &&
    isDigest(value.tree) &&
    isOptional(value.root, isDigest) &&
    isOptional(value.log, isDigest) &&
    isOptional(value.action, isDigest) &&
    Array.isArray(value.dependencies) &&
    value.dependencies.every(isPinned) &&
    isOptional(value.public, isPlainDictionary) &&
    typeof value.started === 'number' &&
    typeof value.elapsed === 'number' &&
    isOptional(value.host, isTexts)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isHash(value: unknown): value is Key {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isDigest(value: unknown): value is Digest {
  return isObject(value) && isHash(value.hash) && Number.isSafeInteger(value.sizeBytes);
}

function isPinned(value: unknown): value is PinnedDependency {
  return isObject(value) && isText(value.name) && isHash(value.key) && isDigest(value.tree);
}

function isPlainDictionary(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isPlain);
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string') return true;
  return Array.isArray(value) ? value.every(isPlain) : isPlainDictionary(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(isText);
}
