import { availableParallelism } from 'node:os';
import type { Assembler } from './assembler.js';
import type { BuildListener, CachedBecause } from './events.js';
import type { ElementKeys } from '../key/element-key.js';
import { ElementError, ElementErrors } from '../base/error.js';
import { systemError } from '../base/system-error.js';
import type { Element } from '../plugin/element.js';
import type { ArtifactRecord, ArtifactStore, Key } from '../plugin/ports.js';

/** How an element came by its artifact, or why it has none. */
export type Outcome =
  | { readonly status: 'built'; readonly element: Element; readonly record: ArtifactRecord }
  | {
      readonly status: 'cached';
      readonly element: Element;
      readonly record: ArtifactRecord;
      readonly why: CachedBecause;
    }
  | { readonly status: 'failed'; readonly element: Element; readonly record: ArtifactRecord }
  /** A dependency failed. */
  | { readonly status: 'skipped'; readonly element: Element; readonly because: Element };

/** The parts a {@link Builder} works with. */
export interface BuilderOptions {
  readonly artifacts: ArtifactStore;
  readonly keys: ElementKeys;
  readonly assembler: Assembler;
  readonly listener: BuildListener;
  /** Takes the lock of a key, across processes. `onWait` is called when another holds it; `signal` ends the waiting. */
  lock(key: Key, onWait: () => void, signal: AbortSignal): Promise<{ release(): Promise<void> }>;
  /** Ends what runs. */
  readonly signal: AbortSignal;
  /** Whether a failure that is on record is tried again. */
  readonly retryFailed: boolean;
  /** How many elements are built at once; as many as there are processors unless given. */
  readonly concurrency?: number;
}

/**
 * Builds what has to be built and nothing else. An element whose key is known is taken from the store, and nothing
 * below it is looked at. One process builds a key; others wait and take what it made (docs/adr/0009).
 */
export class Builder {
  private readonly outcomes = new Map<Element, Promise<Outcome>>();
  private readonly records = new Map<Element, ArtifactRecord>();
  private readonly slots: Slots;
  /** Ends the others when one cannot be carried out. */
  private readonly ending = new AbortController();
  private readonly signal: AbortSignal;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: BuilderOptions) {
    this.slots = new Slots(options.concurrency ?? availableParallelism());
    this.signal = AbortSignal.any([options.signal, this.ending.signal]);
  }

  /**
   * Builds these elements and all they need when they run. Where one of them cannot be carried out, those that run are
   * ended, and nothing is left running when the error is thrown (docs/adr/0064).
   *
   * @throws ElementError the first that ended a build, with the element's name
   */
  async build(targets: readonly Element[]): Promise<Outcome[]> {
    const wanted = new Set(targets.flatMap((target) => target.closure('run')));
    await Promise.allSettled([...wanted].map((element) => this.ensure(element)));
    // One that has failed is not waited with for what else was begun, and that may begin more.
    for (let known = -1; known !== this.outcomes.size;) {
      known = this.outcomes.size;
      await Promise.allSettled(this.outcomes.values());
    }
    if (this.failure !== undefined) throw this.failure.error;
    return await Promise.all([...this.outcomes.values()]);
  }

  /** The record of an element that has been built or found. */
  recordOf(element: Element): ArtifactRecord {
    const record = this.records.get(element);
    if (record === undefined) throw new Error(`${element.name} is asked for before it is built`);
    return record;
  }

  private ensure(element: Element): Promise<Outcome> {
    const known = this.outcomes.get(element);
    if (known !== undefined) return known;
    const outcome = this.findOrBuild(element).catch((error: unknown) => {
      throw this.end(element, error);
    });
    this.outcomes.set(element, outcome);
    return outcome;
  }

  /** Ends the whole build because of the first error of one element. @returns what is to be thrown */
  private end(element: Element, error: unknown): unknown {
    if (this.failure === undefined) {
      const { listener, signal } = this.options;
      const reason = signal.aborted ? (signal.reason as unknown) : errorOf(element, error);
      this.failure = { error: reason };
      if (reason instanceof ElementError || reason instanceof ElementErrors)
        listener({ type: 'error', element, error: reason });
      this.ending.abort(reason);
    }
    return this.failure.error;
  }

  private async findOrBuild(element: Element): Promise<Outcome> {
    this.signal.throwIfAborted();
    const found = await this.lookUp(element);
    if (found !== undefined) return found;
    this.options.listener({ type: 'queued', element, key: this.options.keys.key(element) });
    const needed = await Promise.all(element.closure('build').map((dependency) => this.ensure(dependency)));
    const failed = needed.find(({ status }) => status === 'failed' || status === 'skipped');
    if (failed !== undefined) {
      return { status: 'skipped', element, because: failed.status === 'skipped' ? failed.because : failed.element };
    }
    // Where no command runs there is nothing to be spared: a merge costs less than a lock, and the first record stays.
    return await this.slots.use(async () => {
      this.signal.throwIfAborted();
      return await (element.runsCommands ? this.buildLocked(element) : this.make(element));
    });
  }

  private async buildLocked(element: Element): Promise<Outcome> {
    const key = this.options.keys.key(element);
    const waiting = (): void => {
      this.options.listener({ type: 'waiting', element, key });
    };
    const lock = await this.options.lock(key, waiting, this.signal);
    try {
      return (await this.lookUp(element)) ?? (await this.make(element));
    } finally {
      await lock.release();
    }
  }

  private async make(element: Element): Promise<Outcome> {
    const { assembler, artifacts, keys } = this.options;
    const { record, ran } = await assembler.assemble(element, (dependency) => this.recordOf(dependency), this.signal);
    const published = await artifacts.put(keys.key(element), record);
    return this.conclude(element, published, ran ? undefined : 'action');
  }

  private async lookUp(element: Element): Promise<Outcome | undefined> {
    const record = await this.options.artifacts.get(this.options.keys.key(element));
    if (record === undefined || (record.exitCode !== 0 && this.options.retryFailed)) return undefined;
    return this.conclude(element, record, 'key');
  }

  private conclude(element: Element, record: ArtifactRecord, why: CachedBecause | undefined): Outcome {
    const { listener } = this.options;
    this.records.set(element, record);
    if (record.exitCode !== 0) {
      listener({ type: 'failed', element, record, replayed: why !== undefined });
      return { status: 'failed', element, record };
    }
    if (why !== undefined) {
      listener({ type: 'cached', element, key: record.key, why });
      return { status: 'cached', element, record, why };
    }
    listener({ type: 'built', element, record });
    return { status: 'built', element, record };
  }
}

/** What is told of an error that ended the build of an element: a user's error names it, and so does a bug. */
function errorOf(element: Element, error: unknown): unknown {
  if (error instanceof ElementErrors) {
    const [first, ...more] = error.errors.map((each) => each.ofElement(element.name));
    if (first !== undefined && more.length === 0) return first;
    return first === undefined ? error : new ElementErrors([first, ...more]);
  }
  const users = error instanceof ElementError ? error : systemError(error);
  return users?.ofElement(element.name) ?? new Error(`${element.name} could not be built`, { cause: error });
}

/** A number of places for work that runs at once. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
