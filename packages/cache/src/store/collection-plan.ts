import type { Retention, SurveyedEntry } from './keeping.js';

/** Which entries a collection removes, and what is left after it. */
export interface CollectionPlan {
  /** Not used for too long; too many for the quota or a share; no record at all. */
  readonly remove: Readonly<Record<'age' | 'quota' | 'unreadable', readonly SurveyedEntry[]>>;
  readonly kept: readonly SurveyedEntry[];
  /** The SHA-256 of the bodies that what is kept names. */
  readonly named: ReadonlySet<string>;
  /** Their bytes, equal ones counted once. */
  readonly bytes: number;
  /** The bytes that each share's entries name, in the order of the shares. */
  readonly shareBytes: readonly number[];
}

/** A collection that is over a bound goes down to this part of it, so that the next one is not due at once. */
const LOW_WATER = 0.9;

/** The most that the entries of a namespace may have, each of them. */
export function largestEntry(namespace: string, { quotaBytes, shares }: Retention): number {
  return Math.min(quotaBytes, ...shares.filter(({ covers }) => covers(namespace)).map(({ bytes }) => bytes));
}

/**
 * Chooses what to remove: what is too old, then the least recently used entries until every bound is kept.
 *
 * @param now in milliseconds since 1970
 */
export async function planCollection(
  entries: AsyncIterable<SurveyedEntry>,
  retention: Retention,
  now: number,
): Promise<CollectionPlan> {
  const remove = { age: [] as SurveyedEntry[], quota: [] as SurveyedEntry[], unreadable: [] as SurveyedEntry[] };
  const kept = new Set<SurveyedEntry>();
  for await (const entry of entries) {
    if (entry.record === undefined) remove.unreadable.push(entry);
    else if (now - entry.usedMs > retention.maxAgeMs) remove.age.push(entry);
    else kept.add(entry);
  }
  const oldestFirst = [...kept].sort((a, b) => a.usedMs - b.usedMs);
  const evict = (entry: SurveyedEntry): void => {
    remove.quota.push(entry);
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
  for (const entry of kept) uses.set(bodyOf(entry), (uses.get(bodyOf(entry)) ?? 0) + 1);
  const sizes = new Map([...kept].map((entry) => [bodyOf(entry), sizeOf(entry)]));
  let bytes = [...sizes.values()].reduce((a, b) => a + b, 0);
  if (bytes > retention.quotaBytes) {
    for (const entry of oldestFirst) {
      if (bytes <= retention.quotaBytes * LOW_WATER) break;
      if (!kept.has(entry)) continue;
      evict(entry);
      retention.shares.forEach((share, index) => {
        if (share.covers(entry.namespace)) shareBytes[index] = (shareBytes[index] ?? 0) - sizeOf(entry);
      });
      const left = (uses.get(bodyOf(entry)) ?? 1) - 1;
      if (left > 0) uses.set(bodyOf(entry), left);
      else {
        uses.delete(bodyOf(entry));
        bytes -= sizeOf(entry);
      }
    }
  }
  return { remove, kept: [...kept], named: new Set(uses.keys()), bytes, shareBytes };
}

/** The SHA-256 of the body that an entry names. */
export function bodyOf({ record }: SurveyedEntry): string {
  return record?.digest.hash ?? '';
}

function sizeOf({ record }: SurveyedEntry): number {
  return record?.digest.sizeBytes ?? 0;
}
