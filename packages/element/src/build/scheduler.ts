import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { BuildSlots } from '../plugin/local-ports.js';

/**
 * What is limited: `fetch`, what waits for a network; `build`, what runs commands; `collect`, what merges trees and keeps
 * them, in this process.
 */
export type Resource = 'fetch' | 'build' | 'collect';

/** How much of each resource there is at once. */
export type Capacity = Readonly<Record<Resource, number>>;

/** What a scheduler is made with. */
export interface SchedulerOptions extends Partial<Capacity> {
  /** Bounds what all processes of this machine run at once; without it only this process is bounded. */
  readonly slots?: BuildSlots;
}

/** As many downloads as pip's and uv's servers are used to from one machine. */
const FETCHES = 8;

/**
 * Decides what runs now and what waits. An entry point makes one, and all that it opens share it: sessions, the projects
 * of a command, the tasks of a batch (docs/adr/0089).
 */
export class Scheduler {
  private readonly queues: Readonly<Record<Resource, Queue>>;
  private readonly slots: BuildSlots | undefined;
  /** When the last work on a thing will have ended. */
  private readonly last = new Map<unknown, Promise<unknown>>();

  /** As many elements are built at once as there are processors, unless the options say otherwise. */
  constructor(options: SchedulerOptions = {}) {
    this.slots = options.slots;
    const processors = availableParallelism();
    this.queues = {
      fetch: new Queue(options.fetch ?? FETCHES),
      build: new Queue(options.build ?? processors),
      collect: new Queue(options.collect ?? processors),
    };
  }

  /**
   * Does `work` when there is room for it.
   *
   * @param priority of those that wait, the one with the highest is first; among equals the one that came first
   */
  async run<T>(resource: Resource, work: () => Promise<T>, priority = 0): Promise<T> {
    return await this.queues[resource].run(work, priority);
  }

  /**
   * Does `work` when no other work on the same `thing` is under way in this process: its result may spare it. What
   * waits takes no place.
   *
   * @throws `signal.reason` when aborted before its turn
   */
  async alone<T>(thing: unknown, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.last.get(thing);
    const mine = this.after(before, work, signal);
    const ended = Promise.allSettled([before, mine]);
    this.last.set(thing, ended);
    try {
      return await mine;
    } finally {
      if (this.last.get(thing) === ended) this.last.delete(thing);
    }
  }

  private async after<T>(
    before: Promise<unknown> | undefined,
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    if (before !== undefined) await orAborted(before, signal);
    signal.throwIfAborted();
    return await work();
  }

  /** Runs commands in a slot of the machine. @throws `signal.reason` when aborted before there is one */
  async runCommands<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.slots === undefined) return await work();
    const slot = await this.slots.acquire(signal);
    try {
      return await work();
    } finally {
      await slot.release();
    }
  }
}

async function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let abort = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Work that waits for its turn. */
interface Waiting {
  readonly priority: number;
  begin(): Promise<void>;
}

class Queue {
  private readonly limit: pLimit.Limit;
  private readonly waiting: Waiting[] = [];

  constructor(capacity: number) {
    this.limit = pLimit(capacity);
  }

  async run<T>(work: () => Promise<T>, priority: number): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      this.waiting.push({ priority, begin: () => work().then(resolve, reject) });
      // The place is anybody's: who gets it is decided when it is free.
      void this.limit(() => this.mostUrgent()?.begin());
    });
  }

  private mostUrgent(): Waiting | undefined {
    let best = 0;
    for (const [index, { priority }] of this.waiting.entries()) {
      if (priority > (this.waiting[best]?.priority ?? 0)) best = index;
    }
    return this.waiting.splice(best, 1)[0];
  }
}
