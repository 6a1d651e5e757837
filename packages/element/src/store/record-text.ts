import { ElementError } from '../base/error.js';
import { parseJson } from '../base/json.js';
import type { Digest } from '../cas/digest.js';
import type { ArtifactRecord, Key, PinnedDependency } from '../plugin/ports.js';
import { isSourceFacts } from '../plugin/source-facts.js';

const NEWLINE = 0x0a;

/** What is read only if it is asked for: it can be a hundred times as long as the rest. */
const DETAILS = [
  'dependencies',
  'public',
  'inputs',
  'sources',
  'host',
] as const satisfies readonly (keyof ArtifactRecord)[];

/**
 * The text of a record's file: two lines of JSON, a digest being `{"hash", "sizeBytes"}`. The second line is what most
 * readers do not need; the first one says what is in it and how many bytes it has.
 */
export function formatRecord(record: ArtifactRecord): string {
  const isDetail = (name: string): boolean => DETAILS.some((detail) => detail === name);
  const part = (wanted: boolean): [string, unknown][] =>
    Object.entries(record).filter(([name, value]) => value !== undefined && isDetail(name) === wanted);
  const details = part(true);
  const second = JSON.stringify(Object.fromEntries(details));
  const first = {
    ...Object.fromEntries(part(false)),
    details: details.map(([name]) => name),
    bytes: Buffer.byteLength(second, 'utf8'),
  };
  return `${JSON.stringify(first)}\n${second}\n`;
}

/**
 * Reads {@link formatRecord}'s text.
 *
 * @returns `undefined` if it is not the record of `key`, or not all of it. Details that are damaged otherwise are an error
 *   when they are asked for
 */
export function parseRecord(text: Buffer, key: Key): ArtifactRecord | undefined {
  const end = text.indexOf(NEWLINE);
  const value = parseJson(text.toString('utf8', 0, Math.max(0, end)));
  if (!isObject(value) || value.key !== key) return undefined;
  const { details, bytes, ...core } = value;
  // Details stay bytes: thousands of records are read for their first lines alone.
  const second = text.subarray(end + 1, -1);
  if (!Array.isArray(details) || second.byteLength !== bytes || !isCore(core)) return undefined;
  let read: Details | undefined;
  for (const name of DETAILS) {
    if (!details.includes(name)) continue;
    const get = (): unknown => (read ??= parseDetails(second.toString('utf8'), key))[name];
    Object.defineProperty(core, name, { enumerable: true, get });
  }
  return core as ArtifactRecord;
}

type Details = Pick<ArtifactRecord, (typeof DETAILS)[number]>;

/** @throws ElementError STORE if they are damaged */
function parseDetails(text: string, key: Key): Details {
  const value = parseJson(text);
  if (isDetails(value)) return value;
  throw new ElementError({
    code: 'STORE',
    message: `the record of \`${key}\` is damaged`,
    hint: 'remove it from the store; what it is of is built again',
  });
}

function isCore(value: unknown): value is Omit<ArtifactRecord, keyof Details> {
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
    typeof value.started === 'number' &&
    typeof value.elapsed === 'number'
  );
}

function isDetails(value: unknown): value is Details {
  return (
    isObject(value) &&
    Array.isArray(value.dependencies) &&
    value.dependencies.every(isPinned) &&
    isOptional(value.public, isPlainDictionary) &&
    isOptional(value.sources, isListOfFacts) &&
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

function isListOfFacts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => each === null || isSourceFacts(each));
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
