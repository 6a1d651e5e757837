import { rmdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { bodyOf, planCollection } from './collection-plan.js';
import type { DiskLayout } from './disk-layout.js';
import { names, surveyBodies, surveyEntries } from './disk-survey.js';
import type { Collection, Retention, SurveyedEntry } from './keeping.js';

/** What no record names, and what is in `tmp`, may belong to a write that is under way; after this long it does not. */
const ABANDONED_MS = 60 * 60 * 1000;

/** The state that a collection starts from. */
export interface CollectOptions {
  readonly now: number;
  /** Whether this process published the body a moment ago or is about to: it stays though no record is seen to name it. */
  readonly isPinned: (hash: string) => boolean;
  /** What the collection before this one deferred. */
  readonly deferred: ReadonlySet<string>;
}

/**
 * Removes the entries that {@link planCollection} chooses, then bodies that nothing names. It takes no lock: the worst
 * that a collection and a write of another process can do to one another is an entry whose body is gone, which counts as
 * missing.
 */
export async function collect(layout: DiskLayout, retention: Retention, options: CollectOptions): Promise<Collection> {
  const { now, isPinned } = options;
  const plan = await planCollection(surveyEntries(layout), retention, now);
  /** Bodies that have lost an entry: they go at once, unless another one names them. */
  const due = new Set(options.deferred);
  const removeAll = (entries: readonly SurveyedEntry[]): number => {
    let count = 0;
    for (const entry of entries) {
      count += remove(entry.path);
      due.add(bodyOf(entry));
    }
    return count;
  };
  const removed = {
    age: removeAll(plan.remove.age),
    quota: removeAll(plan.remove.quota),
    unreadable: removeAll(plan.remove.unreadable),
  };

  let freedBytes = 0;
  const deferred = new Set<string>();
  for await (const body of surveyBodies(layout)) {
    if (plan.named.has(body.hash)) continue;
    if (!due.has(body.hash) && now - body.writtenMs <= ABANDONED_MS) continue;
    if (isPinned(body.hash)) deferred.add(body.hash);
    else freedBytes += remove(body.path) * body.sizeBytes;
  }
  await sweep(layout, now);
  const { kept, bytes, shareBytes } = plan;
  return { removed, freedBytes, entries: kept.length, bytes, shareBytes, deferred };
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

/** @returns how many files were removed: 1, or 0 if another process was faster */
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
