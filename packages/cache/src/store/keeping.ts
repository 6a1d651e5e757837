import type { CacheStore } from './cache-store.js';
import type { EntryRecord } from './entry.js';

/** An entry as it is in a store. */
export interface SurveyedEntry {
  /** Where its record is: the absolute path of a file, or an address such as `s3://bucket/key`. */
  readonly path: string;
  readonly namespace: string;
  /** When it was last used, in milliseconds since 1970, as exactly as the store knows. */
  readonly usedMs: number;
  /** `undefined` if there is none in that place. */
  readonly record: EntryRecord | undefined;
}

/** A body as it is in a store. */
export interface SurveyedBody {
  /** Where it is, as for an entry. */
  readonly path: string;
  /** The SHA-256 that it is called by. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly writtenMs: number;
}

/** What a collection did, and what it left. */
export interface Collection {
  /** Entries removed because they were not used for too long, to keep within the quota or a share, or as unreadable. */
  readonly removed: { readonly age: number; readonly quota: number; readonly unreadable: number };
  readonly freedBytes: number;
  readonly entries: number;
  /** The bytes of the bodies that the entries which are left name, equal ones counted once. */
  readonly bytes: number;
  /** The bytes that each share's entries name, in the order of the shares. */
  readonly shareBytes: readonly number[];
  /** Bodies that no entry names any more and that were being published: the next collection removes them. */
  readonly deferred: ReadonlySet<string>;
}

/** How much a store keeps, and for how long. */
export interface Retention {
  /** The bytes of all bodies together, equal ones counted once. */
  readonly quotaBytes: number;
  /** Bounds on parts of it: the bytes that the entries of the namespaces it covers name, each entry counted. */
  readonly shares: readonly Share[];
  /** Milliseconds after its last use from which an entry is removed. */
  readonly maxAgeMs: number;
}

/** A bound on some namespaces together. */
export interface Share {
  readonly covers: (namespace: string) => boolean;
  readonly bytes: number;
}

/** How a {@link KeptStore} keeps. */
export interface KeepingOptions {
  readonly retention: Retention;
  /** The time in milliseconds since 1970, as `Date.now`. */
  readonly now: () => number;
  /** Called for every collection, regardless of what triggered it. */
  readonly onCollection?: (collection: Collection) => void;
}

/** A store whose eviction is ours, and that can be looked through. One of REAPI is none: its eviction is its own. */
export interface KeptStore extends CacheStore {
  /** Every entry, in no order. What vanishes meanwhile is skipped. */
  surveyEntries(): AsyncIterable<SurveyedEntry>;
  /** Every body, in no order. */
  surveyBodies(): AsyncIterable<SurveyedBody>;
  /** Removes what was surveyed, at those paths. What is gone already is skipped. */
  remove(paths: readonly string[]): Promise<void>;
  /** Removes what is too old or too much, and bodies that nothing names. One that is under way is waited for. */
  collect(): Promise<Collection>;
}
