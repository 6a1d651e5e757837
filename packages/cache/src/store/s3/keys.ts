import type { Digest } from '@wheelhouse/element';
import { isEntryHash, isNamespace, type EntryName } from '../entry.js';

/**
 * Where things are in a bucket, below its prefix:
 *
 *     entries/<workspace>/<tier>/<hash>.json   records; their last modification is when the entry was last used
 *     blobs/<first two digits>/<sha256>        bodies, each once
 */
export const ENTRIES = 'entries/';
export const BLOBS = 'blobs/';
const RECORD = '.json';

export function bodyKey({ hash }: Digest): string {
  return `${BLOBS}${hash.slice(0, 2)}/${hash}`;
}

/** Checked once more: no caller can make the key leave its prefix. */
export function recordKey({ namespace, hash }: EntryName): string {
  if (!isNamespace(namespace) || !isEntryHash(hash)) throw new Error(`an entry cannot be named ${namespace}/${hash}`);
  return `${ENTRIES}${namespace}/${hash}${RECORD}`;
}

/** The SHA-256 that a key names. @returns `undefined` if it is no body's */
export function bodyHash(key: string): string | undefined {
  return /^blobs\/[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(key)?.[1];
}

/** The entry whose record is under a key. @returns `undefined` if it is no record's */
export function entryName(key: string): EntryName | undefined {
  const [, namespace = '', hash = ''] = /^entries\/([^/]+\/[^/]+)\/([^/]+)\.json$/.exec(key) ?? [];
  return isNamespace(namespace) && isEntryHash(hash) ? { namespace, hash } : undefined;
}
