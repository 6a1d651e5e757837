import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger/ledger.js';
import type { EntryRecord } from '../store/entry.js';
import { Census, type WorkspaceCensus } from './census.js';

/** Every entry of a store, in no order; those without a record are damaged. */
export type EntrySurvey = () => AsyncIterable<{ readonly record: EntryRecord | undefined }>;

/** What all entries came to at a time. */
export interface Survey {
  /** When it was over, in milliseconds since 1970. */
  readonly takenMs: number;
  readonly workspaces: ReadonlyMap<string, WorkspaceCensus>;
}

/** Milliseconds for which a survey is good. */
const FRESH_MS = 10_000;
/** A store that takes long to read is read for at most one part in this many of the time. */
const REST_FACTOR = 10;
/** Milliseconds that a user waits for a survey. */
const PATIENCE_MS = 3000;

/**
 * Reads all entries now and then, never twice at a time, and answers with the last result: a user of a large store
 * gets an answer that is a little older, at once.
 */
export class Surveyor {
  private last: Survey | undefined;
  private nextMs = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly entries: EntrySurvey,
    private readonly ledger: Ledger,
    private readonly now: () => number,
  ) {}

  /** @returns `undefined` while the first survey takes longer than a look does @throws what reading the store throws */
  async look(): Promise<Survey | undefined> {
    if (this.now() >= this.nextMs) {
      const patience = new AbortController();
      try {
        await Promise.race([this.take(), sleep(PATIENCE_MS, undefined, { signal: patience.signal, ref: false })]);
      } finally {
        patience.abort();
      }
    }
    return this.last;
  }

  /** Reads all entries; where that is being done already, waits for it. @throws what reading the store throws */
  async take(): Promise<void> {
    this.running ??= this.survey().finally(() => {
      this.running = undefined;
    });
    await this.running;
  }

  private async survey(): Promise<void> {
    const startedMs = performance.now();
    const facts = this.ledger.beginSurvey();
    const census = new Census();
    try {
      for await (const { record } of this.entries()) {
        if (record !== undefined) census.add({ record, fact: facts.see(record.name) });
      }
      facts.end();
      this.last = { takenMs: this.now(), workspaces: census.workspaces };
    } finally {
      const tookMs = performance.now() - startedMs;
      this.nextMs = this.now() + Math.max(FRESH_MS, tookMs * REST_FACTOR);
    }
  }
}
