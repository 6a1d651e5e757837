import { isPullRequest } from '../tiers/access.js';
import type { EntryName } from '../store/entry.js';
import type { TaskFact, ToldFact } from './task-fact.js';

/** How many facts are kept, of trusted entries and of those of all pull requests together. */
export interface FactBounds {
  readonly trusted: number;
  readonly pullRequests: number;
}

/** What some tens of megabytes hold. */
export const FACT_BOUNDS: FactBounds = { trusted: 100_000, pullRequests: 25_000 };

interface KeptFact extends ToldFact {
  /** The last survey that met the entry. */
  seenIn: number;
}

/**
 * What is known of entries beyond their records, in memory. Of each entry the first fact stays. Those of pull requests
 * have room of their own, so that they cannot drive out others; the oldest make room for new ones.
 */
export class TaskFacts {
  private readonly trusted = new Map<string, KeptFact>();
  private readonly pullRequests = new Map<string, KeptFact>();

  constructor(private readonly bounds: FactBounds = FACT_BOUNDS) {}

  get size(): number {
    return this.trusted.size + this.pullRequests.size;
  }

  /** @returns whether it was the first of its entry */
  add({ name, fact }: ToldFact): boolean {
    const [facts, bound] = this.placeOf(name);
    const key = keyOf(name);
    if (facts.has(key)) return false;
    for (const oldest of facts.keys()) {
      if (facts.size < bound) break;
      facts.delete(oldest);
    }
    facts.set(key, { name, fact, seenIn: 0 });
    return true;
  }

  get(name: EntryName): TaskFact | undefined {
    return this.placeOf(name)[0].get(keyOf(name))?.fact;
  }

  /** As {@link get}, for a survey that met the entry. @param survey its number, 1 or more */
  see(name: EntryName, survey: number): TaskFact | undefined {
    const kept = this.placeOf(name)[0].get(keyOf(name));
    if (kept !== undefined) kept.seenIn = survey;
    return kept?.fact;
  }

  /** Forgets what a whole survey did not meet, unless it was told since: its entry may still be on its way. */
  forgetUnseen(survey: number, toldBeforeMs: number): void {
    for (const facts of [this.trusted, this.pullRequests]) {
      for (const [key, { seenIn, fact }] of facts) {
        if (seenIn !== survey && fact.toldMs < toldBeforeMs) facts.delete(key);
      }
    }
  }

  private placeOf({ namespace }: EntryName): [Map<string, KeptFact>, number] {
    return isPullRequest(namespace)
      ? [this.pullRequests, this.bounds.pullRequests]
      : [this.trusted, this.bounds.trusted];
  }
}

function keyOf({ namespace, hash }: EntryName): string {
  return `${namespace}/${hash}`;
}
