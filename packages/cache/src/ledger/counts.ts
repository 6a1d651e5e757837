import type { Tier } from '../tiers/tier.js';

/** What was counted. Bytes are those of bodies. */
export interface Counts {
  readonly hits: number;
  readonly misses: number;
  /** Entries that were published. */
  readonly stored: number;
  readonly storedBytes: number;
  /** Bytes of the hits. */
  readonly servedBytes: number;
  /** Milliseconds that the tasks ran whose entries were hit, of those of which that is known. */
  readonly savedMs: number;
}

/** Whose requests a row counts. */
export interface CountKey {
  readonly workspace: string;
  /** How far who asked is trusted; all pull requests are one. */
  readonly tier: Tier['kind'];
  /** The project of the entry; empty if it is not known, as of every miss. */
  readonly project: string;
}

export const COUNT_NAMES = ['hits', 'misses', 'stored', 'storedBytes', 'servedBytes', 'savedMs'] as const;

export const NOTHING: Counts = { hits: 0, misses: 0, stored: 0, storedBytes: 0, servedBytes: 0, savedMs: 0 };

/** The sum of two. */
export function plus(a: Counts, b: Partial<Counts>): Counts {
  return {
    hits: a.hits + (b.hits ?? 0),
    misses: a.misses + (b.misses ?? 0),
    stored: a.stored + (b.stored ?? 0),
    storedBytes: a.storedBytes + (b.storedBytes ?? 0),
    servedBytes: a.servedBytes + (b.servedBytes ?? 0),
    savedMs: a.savedMs + (b.savedMs ?? 0),
  };
}
