import { availableParallelism } from 'node:os';
import type { Assembler } from './assembler.js';
import type { BuildListener, CachedBecause } from './events.js';
import type { ElementKeys } from '../key/element-key.js';
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
  /** Takes the lock of a key, across processes. `onWait` is called when another holds it. */
  lock(key: Key, onWait: () => void): Promise<{ release(): Promise<void> }>;
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

  constructor(private readonly options: BuilderOptions) {
    this.slots = new Slots(options.concurrency ?? availableParallelism());
  }

  /** Builds these elements and all they need when they run. @throws ElementError when a build cannot be carried out */
  async build(targets: readonly Element[]): Promise<Outcome[]> {
    const wanted = new Set(targets.flatMap((target) => target.closure('run')));
    await Promise.all([...wanted].map((element) => this.ensure(element)));
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
    const outcome = this.findOrBuild(element);
    this.outcomes.set(element, outcome);
    return outcome;
  }

  private async findOrBuild(element: Element): Promise<Outcome> {
    const found = await this.lookUp(element);
    if (found !== undefined) return found;
    const needed = await Promise.all(element.closure('build').map((dependency) => this.ensure(dependency)));
    const failed = needed.find(({ status }) => status === 'failed' || status === 'skipped');
    if (failed !== undefined) {
      return { status: 'skipped', element, because: failed.status === 'skipped' ? failed.because : failed.element };
    }
    // Where no command runs there is nothing to be spared: a merge costs less than a lock, and the first record stays.
    return await this.slots.use(() => (element.runsCommands ? this.buildLocked(element) : this.make(element)));
  }

  private async buildLocked(element: Element): Promise<Outcome> {
    const key = this.options.keys.key(element);
    const lock = await this.options.lock(key, () => {
      this.options.listener({ type: 'waiting', element, key });
    });
    try {
      return (await this.lookUp(element)) ?? (await this.make(element));
    } finally {
      await lock.release();
    }
  }

  private async make(element: Element): Promise<Outcome> {
    const { assembler, artifacts, keys } = this.options;
    const { record, ran } = await assembler.assemble(element, (dependency) => this.recordOf(dependency));
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
