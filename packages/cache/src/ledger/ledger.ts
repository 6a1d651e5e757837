import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EntryName } from '../store/entry.js';
import type { Tier } from '../tiers/tier.js';
import { CountFiles, KEPT_DAYS } from './count-files.js';
import { NOTHING, plus, type CountKey, type Counts } from './counts.js';
import { DailyCounts, type CountRow } from './daily-counts.js';
import { dayBefore, dayOf } from './day.js';
import { FactJournal } from './fact-journal.js';
import type { TaskFact, ToldFact } from './task-fact.js';
import { TaskFacts, type FactBounds } from './task-facts.js';

/** Milliseconds that what is new may wait for being written. */
const WRITE_AFTER_MS = 2000;
/** Milliseconds for which a fact is kept without an entry: uploads may come long after the report. */
const PENDING_MS = 24 * 60 * 60 * 1000;
/** How many facts may wait for being written. */
const MAX_WAITING = 25_000;

/** What a {@link Ledger} is made with. */
export interface LedgerOptions {
  /** Absolute path of its directory, made when first written to. */
  readonly directory: string;
  /** The time in milliseconds since 1970, as `Date.now`. */
  readonly now: () => number;
  /** Told once, until it goes well again, when the ledger cannot be written. Nothing but figures are at stake. */
  readonly onFault: (error: unknown) => void;
  readonly bounds?: FactBounds;
}

/** A request for an entry that went well. */
export interface Use {
  readonly outcome: 'hit' | 'miss' | 'stored';
  readonly workspace: string;
  /** How far who asked is trusted. */
  readonly tier: Tier['kind'];
  /** The entry that was hit or stored. */
  readonly name?: EntryName;
  readonly sizeBytes: number;
}

/**
 * What a server remembers beyond its entries: how often they were asked for, day by day for {@link KEPT_DAYS} days, and
 * what their writers told of the tasks. Both are counted in memory and written a little later, so that no request waits
 * for it. See docs/adr/0060-the-ledger.md.
 */
export class Ledger {
  private readonly writer = randomBytes(6).toString('hex');
  private readonly journal: FactJournal;
  private readonly files: CountFiles;
  private readonly facts: TaskFacts;
  private past = new DailyCounts();
  private readonly own = new DailyCounts();
  private readonly changedDays = new Set<string>();
  private waiting: ToldFact[] = [];
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private isFaulty = false;
  /** Whether all that was there is in memory; before that nothing of it is removed. */
  private isRead = false;
  private surveys = 0;

  private constructor(private readonly options: LedgerOptions) {
    this.journal = new FactJournal(join(options.directory, 'facts'), this.writer);
    this.files = new CountFiles(join(options.directory, 'counts'), this.writer);
    this.facts = new TaskFacts(options.bounds);
  }

  /** Reads the existing files. A file that cannot be read is reported as a fault and ignored. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options);
    await ledger.attempt(async () => {
      ledger.past = await ledger.files.read(options.now());
      await ledger.readFacts();
      ledger.isRead = true;
    });
    await ledger.tidy();
    return ledger;
  }

  /** Counts a request. A hit on an entry of which it is known how long its task ran saves that time. */
  count({ outcome, workspace, tier, name, sizeBytes }: Use): void {
    const fact = name === undefined ? undefined : this.facts.get(name);
    const day = dayOf(this.options.now());
    this.own.add(day, { workspace, tier, project: fact?.project ?? '' }, countsOf(outcome, sizeBytes, fact));
    this.changedDays.add(day);
    this.writeSoon();
  }

  /** Takes up what a writer tells of its entries in a namespace. Of each entry the first fact stays. */
  tell(namespace: string, tasks: readonly ({ readonly hash: string } & Omit<TaskFact, 'toldMs'>)[]): void {
    const toldMs = this.options.now();
    for (const { hash, project, target, durationMs } of tasks) {
      const told = { name: { namespace, hash }, fact: { project, target, durationMs, toldMs } };
      if (this.facts.add(told) && this.waiting.length < MAX_WAITING) this.waiting.push(told);
    }
    this.writeSoon();
  }

  factOf(name: EntryName): TaskFact | undefined {
    return this.facts.get(name);
  }

  /**
   * Begins a survey of all entries, which asks for their facts by `see`.
   *
   * @returns `end`, to be called where the survey was whole: facts without an entry are forgotten then
   */
  beginSurvey(): { see(name: EntryName): TaskFact | undefined; end(): void } {
    const survey = ++this.surveys;
    const toldBefore = this.options.now() - PENDING_MS;
    return {
      see: (name) => this.facts.see(name, survey),
      end: () => {
        this.facts.forgetUnseen(survey, toldBefore);
      },
    };
  }

  /** The rows of a day, some of them perhaps twice: what other processes counted, and what this one did. */
  rows(day: string): readonly CountRow[] {
    return [...this.past.rows(day), ...this.own.rows(day)];
  }

  /** Every workspace that something was counted of. */
  workspaces(): Set<string> {
    return new Set([...this.past.workspaces(), ...this.own.workspaces()]);
  }

  /** Removes from memory and from the disk what is not kept any more, and takes up what other processes were told. */
  async tidy(): Promise<void> {
    await this.enqueue(async () => {
      if (!this.isRead) return;
      const now = this.options.now();
      for (const counts of [this.past, this.own]) counts.forgetBefore(dayBefore(now, KEPT_DAYS - 1));
      await this.files.tidy(now);
      await this.journal.tidy(now, ({ name, fact }) => this.facts.get(name)?.toldMs === fact.toldMs);
      await this.readFacts();
    });
  }

  /** Writes what is new. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.enqueue(async () => {
      await this.write();
    });
  }

  private async readFacts(): Promise<void> {
    const facts: ToldFact[] = [];
    for await (const told of this.journal.read(this.options.now())) facts.push(told);
    for (const told of facts.sort((a, b) => a.fact.toldMs - b.fact.toldMs)) this.facts.add(told);
  }

  private writeSoon(): void {
    this.timer ??= setTimeout(() => void this.flush(), WRITE_AFTER_MS).unref();
  }

  private async write(): Promise<void> {
    const facts = this.waiting;
    this.waiting = [];
    try {
      await this.journal.append(facts, this.options.now());
    } catch (error) {
      this.waiting = [...facts, ...this.waiting].slice(0, MAX_WAITING);
      throw error;
    }
    for (const day of [...this.changedDays]) {
      this.changedDays.delete(day);
      try {
        await this.files.write(day, this.own.rows(day));
      } catch (error) {
        this.changedDays.add(day);
        throw error;
      }
    }
  }

  /** One piece of work on the files after the other. */
  private async enqueue(work: () => Promise<void>): Promise<void> {
    this.work = this.work.then(() => this.attempt(work));
    await this.work;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.isFaulty = false;
    } catch (error) {
      if (!this.isFaulty) this.options.onFault(error);
      this.isFaulty = true;
    }
  }
}

function countsOf(outcome: Use['outcome'], sizeBytes: number, fact: TaskFact | undefined): Partial<Counts> {
  switch (outcome) {
    case 'hit':
      return { hits: 1, servedBytes: sizeBytes, savedMs: fact?.durationMs ?? 0 };
    case 'miss':
      return { misses: 1 };
    case 'stored':
      return { stored: 1, storedBytes: sizeBytes };
  }
}

/** The sum of rows. */
export function sumOf(rows: Iterable<CountKey & Counts>): Counts {
  let sum = NOTHING;
  for (const row of rows) sum = plus(sum, row);
  return sum;
}
