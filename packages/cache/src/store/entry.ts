import { type Digest } from '@wheelhouse/element';
import { formatDigest, parseDigest } from '@wheelhouse/element/internal';
import { parseJsonObject } from './json-object.js';

/** What an entry is found by. */
export interface EntryName {
  /**
   * Whose entry it is: two names of lowercase letters, digits and hyphens, with a slash between, such as `shop/trusted`.
   * Entries of different namespaces know nothing of one another.
   */
  readonly namespace: string;
  /** Nx's task hash, which Nx does not define further: 1 to 128 letters, digits, `_` and `-`. */
  readonly hash: string;
}

/** What is known of an entry, beside its body. */
export interface EntryRecord {
  readonly name: EntryName;
  /** The body's SHA-256 and its length in bytes. */
  readonly digest: Digest;
  /** Who wrote it, as a principal's name. */
  readonly writer: string;
  /** How far the writer was trusted, as `formatTier` writes it. */
  readonly tier: string;
  /** When it was wholly there. */
  readonly created: Date;
  /** The commit it was built from, where that is known. */
  readonly commit?: Commit;
}

/** A commit, and who attests it. */
export interface Commit {
  /** 40 or 64 hexadecimal digits. */
  readonly id: string;
  /** `issuer`: the issuer of an OIDC token; `writer`: only the client that wrote the entry. */
  readonly vouchedBy: 'issuer' | 'writer';
}

/** The form of Nx's hash of a task. Whatever it is, it names one file and no directory. */
export const ENTRY_HASH = '^[A-Za-z0-9_-]{1,128}$';
const ENTRY_HASH_PATTERN = new RegExp(ENTRY_HASH);

/** Whether `text` can be Nx's hash of a task. */
export function isEntryHash(text: string): boolean {
  return ENTRY_HASH_PATTERN.test(text);
}

/** Whether `text` can be a namespace. */
export function isNamespace(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}\/[a-z0-9][a-z0-9-]{0,63}$/.test(text);
}

/** Whether `text` can be a commit's id. */
export function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** The text that a store keeps of a record. */
export function recordText({ name, digest, created, ...rest }: EntryRecord): string {
  return `${JSON.stringify({ version: 1, ...name, digest: formatDigest(digest), created: created.toISOString(), ...rest })}\n`;
}

/**
 * Reads what {@link recordText} wrote.
 *
 * @returns `undefined` if it is the text of another entry, or of none: what a power cut or another program left
 */
export function parseRecord(text: string, name: EntryName): EntryRecord | undefined {
  const value = parseJsonObject(text);
  if (value?.version !== 1 || value.namespace !== name.namespace || value.hash !== name.hash) return undefined;
  const { digest: digestText, writer, tier, created: createdText, commit } = value;
  if (typeof digestText !== 'string' || typeof writer !== 'string' || typeof tier !== 'string') return undefined;
  const digest = parseDigest(digestText);
  const created = new Date(typeof createdText === 'string' ? createdText : Number.NaN);
  if (digest === undefined || Number.isNaN(created.getTime())) return undefined;
  const record = { name, digest, writer, tier, created };
  if (commit === undefined) return record;
  return isCommit(commit) ? { ...record, commit } : undefined;
}

function isCommit(value: unknown): value is Commit {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('vouchedBy' in value)) return false;
  return typeof value.id === 'string' && isCommitId(value.id) && ['issuer', 'writer'].includes(String(value.vouchedBy));
}
