import { rmdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element';
import type { DiskLayout } from './disk-layout.js';
import { names, surveyBodies, surveyEntries, type SurveyedEntry } from './disk-survey.js';

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
  /** Bodies that no entry names any more and that were pinned: the next collection removes them. */
  readonly deferred: ReadonlySet<string>;
}

/** A collection that is over a bound goes down to this part of it, so that the next one is not due at once. */
const LOW_WATER = 0.9;
/** What no record names, and what lies in `tmp`, may belong to a write that is under way; after this long it does not. */
const ABANDONED_MS = 60 * 60 * 1000;

/** What a collection is told about the moment. */
export interface CollectOptions {
  readonly now: number;
  /** Whether this process published the body a moment ago or is about to: it stays though no record is seen to name it. */
  readonly isPinned: (hash: string) => boolean;
  /** What the collection before this one deferred. */
  readonly deferred: ReadonlySet<string>;
}

/**
 * Removes what is too old, then the least recently used entries until every bound is kept, then bodies that nothing
 * names. It takes no lock: the worst that a collection and a write of another process can do to one another is an entry
 * whose body is gone, which counts as missing.
 */
export async function collect(layout: DiskLayout, retention: Retention, options: CollectOptions): Promise<Collection> {
  const { now, isPinned } = options;
  const kept = new Set<SurveyedEntry>();
  /** Bodies that have lost an entry: they go at once, unless another one names them. */
  const due = new Set(options.deferred);
  const removed = { age: 0, quota: 0, unreadable: 0 };
  for await (const entry of surveyEntries(layout)) {
    if (entry.record === undefined) removed.unreadable += remove(entry.path);
    else if (now - entry.usedMs > retention.maxAgeMs) {
      removed.age += remove(entry.path);
      due.add(hashOf(entry));
    } else kept.add(entry);
  }

  const oldestFirst = [...kept].sort((a, b) => a.usedMs - b.usedMs);
  const evict = (entry: SurveyedEntry): void => {
    removed.quota += remove(entry.path);
    due.add(hashOf(entry));
    kept.delete(entry);
  };
  const shareBytes = retention.shares.map((share) => {
    const covered = oldestFirst.filter((entry) => share.covers(entry.namespace));
    let bytes = covered.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (bytes <= share.bytes) return bytes;
    for (const entry of covered) {
      if (bytes <= share.bytes * LOW_WATER) break;
      bytes -= sizeOf(entry);
      evict(entry);
    }
    return bytes;
  });

  const uses = new Map<string, number>();
  for (const entry of kept) uses.set(hashOf(entry), (uses.get(hashOf(entry)) ?? 0) + 1);
  let bytes = [...new Map([...kept].map((entry) => [hashOf(entry), sizeOf(entry)])).values()].reduce(
    (a, b) => a + b,
    0,
  );
  if (bytes > retention.quotaBytes) {
    for (const entry of oldestFirst) {
      if (bytes <= retention.quotaBytes * LOW_WATER) break;
      if (!kept.has(entry)) continue;
      evict(entry);
      retention.shares.forEach((share, index) => {
        if (share.covers(entry.namespace)) shareBytes[index] = (shareBytes[index] ?? 0) - sizeOf(entry);
      });
      const left = (uses.get(hashOf(entry)) ?? 1) - 1;
      uses.set(hashOf(entry), left);
      if (left === 0) bytes -= sizeOf(entry);
    }
  }

  let freedBytes = 0;
  const deferred = new Set<string>();
  for await (const body of surveyBodies(layout)) {
    if ((uses.get(body.hash) ?? 0) > 0) continue;
    if (!due.has(body.hash) && now - body.writtenMs <= ABANDONED_MS) continue;
    if (isPinned(body.hash)) deferred.add(body.hash);
    else freedBytes += remove(body.path) * body.sizeBytes;
  }
  await sweep(layout, now);
  return { removed, freedBytes, entries: kept.size, bytes, shareBytes, deferred };
}

/** Files that a writer left behind when it was killed, and directories of namespaces that have nothing any more. */
async function sweep(layout: DiskLayout, now: number): Promise<void> {
  for (const name of await names(layout.temporary)) {
    const path = join(layout.temporary, name);
    if (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > ABANDONED_MS) remove(path);
  }
  for (const workspace of await names(layout.entries)) {
    for (const tier of await names(join(layout.entries, workspace))) {
      removeIfEmpty(join(layout.entries, workspace, tier));
    }
    removeIfEmpty(join(layout.entries, workspace));
  }
}

/** @returns how many files were removed: 1, or 0 where somebody else was faster */
function remove(path: string): 0 | 1 {
  try {
    unlinkSync(path);
    return 1;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
  }
}

function hashOf({ record }: SurveyedEntry): string {
  return record?.digest.hash ?? '';
}

function sizeOf({ record }: SurveyedEntry): number {
  return record?.digest.sizeBytes ?? 0;
}
