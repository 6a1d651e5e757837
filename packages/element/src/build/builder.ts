import type { Assembler } from './assembler.js';
import { logPath } from './build-log.js';
import { criticalPath } from './critical-path.js';
import { errorOfElement, isUserError } from './element-error.js';
import { elementFacts } from './element-facts.js';
import type { BuildListener, CachedBecause, ElementFacts, ElementResult, LogFile } from './events.js';
import type { Fetcher } from './fetcher.js';
import { hasFailed, type Outcome } from './outcome.js';
import type { Scheduler } from './scheduler.js';
import { formatDigest } from '../cas/digest.js';
import type { ElementKeys } from '../key/element-key.js';
import type { Element } from '../plugin/element.js';
import type { KeyLocks, Lock } from '../plugin/local-ports.js';
import type { ArtifactRecord, ArtifactStore } from '../plugin/ports.js';

/** What happens to the other elements when one cannot be carried out. */
export type OnError = 'quit' | 'continue';

/** The parts a {@link Builder} works with. */
export interface BuilderOptions {
  readonly artifacts: ArtifactStore;
  readonly keys: ElementKeys;
  readonly assembler: Assembler;
  readonly fetcher: Fetcher;
  readonly scheduler: Scheduler;
  readonly locks: KeyLocks;
  readonly listener: BuildListener;
  /** Absolute path of the directory of log files: `<element>/<key>.log`. */
  readonly logDirectory: string;
  /** Whether a failure that is on record is tried again. */
  readonly retryFailed: boolean;
  readonly onError: OnError;
  /** Ends what runs, when the caller aborts it or this builder does. */
  readonly ending: AbortController;
  /** Ends what runs, from outside. */
  readonly signal: AbortSignal;
}

/**
 * Builds what has to be built and nothing else. An element whose key is known is taken from the store, and nothing
 * below it is looked at. Each of the others is fetched, built and kept as the scheduler lets it. One process builds a key;
 * others wait and take what it made (docs/adr/0009).
 */
export class Builder {
  private readonly outcomes = new Map<Element, Promise<Outcome>>();
  private readonly records = new Map<Element, ArtifactRecord>();
  /** Those whose own code has given what a key is made of. */
  private readonly keyed = new Set<Element>();
  private priorities: ReadonlyMap<Element, number> = new Map();
  /** The element that ended the build, and its error. */
  private ended: { readonly element: Element; readonly error: Error } | undefined;
  private readonly running: AbortSignal;

  constructor(private readonly options: BuilderOptions) {
    this.running = options.ending.signal;
  }

  /**
   * Builds these elements and all they need when they run. A failed command is an outcome, and so is the error of an
   * element that cannot be carried out; unless the builder is to `continue`, it ends those that run, and the rest is
   * skipped (docs/adr/0064). Nothing is left running afterwards.
   *
   * @throws `signal.reason` when aborted from outside; a bug, naming the element in which it showed
   */
  async build(targets: readonly Element[]): Promise<Outcome[]> {
    const { fetcher, signal, ending } = this.options;
    const abort = (): void => {
      ending.abort(signal.reason);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const missing = await this.lookUpAll(targets.flatMap((target) => target.closure('run')));
      this.priorities = criticalPath(missing);
      if (!this.running.aborted) fetcher.begin(missing);
      await Promise.all(missing.map((element) => this.ensure(element)));
      await fetcher.idle();
    } finally {
      signal.removeEventListener('abort', abort);
    }
    signal.throwIfAborted();
    const error = this.ended?.error;
    if (error !== undefined && !isUserError(error)) throw error;
    return await Promise.all(this.outcomes.values());
  }

  /** The record of an element that has been built or found. */
  recordOf(element: Element): ArtifactRecord {
    const record = this.records.get(element);
    if (record === undefined) throw new Error(`${element.name} was requested before it was built`);
    return record;
  }

  /** Looks for the artifacts of elements, and of what those need that have none. @returns those that have none */
  private async lookUpAll(elements: readonly Element[]): Promise<Element[]> {
    const visited = new Set<Element>();
    const missing = new Set<Element>();
    const visit = async (element: Element): Promise<void> => {
      if (visited.has(element) || this.outcomes.has(element)) return;
      visited.add(element);
      try {
        const found = await this.lookUp(element);
        if (found !== undefined) {
          this.outcomes.set(element, Promise.resolve(found));
          return;
        }
        this.options.listener({ type: 'queued', element: this.facts(element) });
      } catch (error) {
        this.outcomes.set(element, Promise.resolve(this.fail(element, error)));
        return;
      }
      missing.add(element);
      await Promise.all(element.closure('build').map(visit));
    };
    await Promise.all(elements.map(visit));
    return [...visited].filter((element) => missing.has(element));
  }

  private ensure(element: Element): Promise<Outcome> {
    const known = this.outcomes.get(element);
    if (known !== undefined) return known;
    const outcome = this.carryOut(element).catch((error: unknown) => this.fail(element, error));
    this.outcomes.set(element, outcome);
    return outcome;
  }

  private async carryOut(element: Element): Promise<Outcome> {
    const needed = await Promise.all(element.closure('build').map((dependency) => this.ensure(dependency)));
    const lacking = needed.find(hasFailed);
    if (lacking !== undefined)
      return this.skip(element, lacking.status === 'skipped' ? lacking.because : lacking.element);
    this.running.throwIfAborted();
    const { fetcher, scheduler, listener } = this.options;
    if (fetcher.isFetching(element)) listener({ type: 'step', element: this.facts(element), step: 'fetch' });
    try {
      await fetcher.ready(element);
    } catch (error) {
      // It names what was fetched, for other elements too.
      return this.endBecauseOf(element, isUserError(error) ? error : errorOfElement(element, error));
    }
    if (element.runsCommands) {
      const key = this.options.keys.key(element);
      return await scheduler.alone(key, () => this.buildLocked(element), this.running);
    }
    // Where no command runs there is nothing to be spared: a merge costs less than a lock, and the first record stays.
    return await scheduler.run('collect', () => this.make(element), this.priorities.get(element));
  }

  /** A place is not kept for an element that another process builds. */
  private async buildLocked(element: Element): Promise<Outcome> {
    const { scheduler, locks, listener, keys } = this.options;
    const priority = this.priorities.get(element);
    const begun = await scheduler.run<Outcome | { readonly waiting: Promise<Lock> }>(
      'build',
      async () => {
        this.running.throwIfAborted();
        let onWait = (): void => undefined;
        const waits = new Promise<undefined>((resolve) => {
          onWait = () => {
            listener({ type: 'waiting', element: this.facts(element) });
            resolve(undefined);
          };
        });
        const waiting = locks.acquire(keys.key(element), { onWait, signal: this.running });
        const lock = await Promise.race([waiting, waits]);
        return lock === undefined ? { waiting } : await this.underLock(element, lock);
      },
      priority,
    );
    if (!('waiting' in begun)) return begun;
    const lock = await begun.waiting;
    return await scheduler.run('build', () => this.underLock(element, lock), priority);
  }

  private async underLock(element: Element, lock: Lock): Promise<Outcome> {
    try {
      return (await this.lookUp(element)) ?? (await this.make(element));
    } finally {
      await lock.release();
    }
  }

  private async make(element: Element): Promise<Outcome> {
    this.running.throwIfAborted();
    const { assembler, artifacts, keys } = this.options;
    const { record, ran } = await assembler.assemble(element, (dependency) => this.recordOf(dependency), this.running);
    const published = await artifacts.put(keys.key(element), record);
    return this.conclude(element, published, ran ? undefined : 'action');
  }

  private async lookUp(element: Element): Promise<Outcome | undefined> {
    this.running.throwIfAborted();
    const key = this.options.keys.key(element);
    this.keyed.add(element);
    const record = await this.options.artifacts.get(key);
    if (record === undefined || (record.exitCode !== 0 && this.options.retryFailed)) return undefined;
    return this.conclude(element, record, 'key');
  }

  private conclude(element: Element, record: ArtifactRecord, why: CachedBecause | undefined): Outcome {
    this.records.set(element, record);
    const { started, elapsed, exitCode, failedCommand, log } = record;
    const timing = { started, elapsed };
    const logFile = log === undefined ? {} : { log: this.logFile(element, formatDigest(log)) };
    if (exitCode !== 0) {
      const command = failedCommand === undefined ? {} : { command: failedCommand };
      this.tell(element, {
        outcome: 'failed',
        exitCode,
        ...command,
        ...logFile,
        ...timing,
        replayed: why !== undefined,
      });
      return { status: 'failed', element, record };
    }
    const tree = formatDigest(record.tree);
    if (why !== undefined) {
      this.tell(element, { outcome: 'cached', why, tree });
      return { status: 'cached', element, record, why };
    }
    this.tell(element, { outcome: 'built', tree, ...logFile, ...timing });
    return { status: 'built', element, record };
  }

  private skip(element: Element, because: Element): Outcome {
    this.tell(element, { outcome: 'skipped', because: because.name });
    return { status: 'skipped', element, because };
  }

  /** What an error makes of an element. */
  private fail(element: Element, thrown: unknown): Outcome {
    return this.endBecauseOf(element, errorOfElement(element, thrown));
  }

  /** The first error ends the others, unless they are to continue, and is why they are skipped. */
  private endBecauseOf(element: Element, error: Error): Outcome {
    const { signal, ending, onError } = this.options;
    if (this.ended !== undefined) return this.skip(element, this.ended.element);
    // What ends the whole build is thrown, and is no element's outcome.
    const aside: Outcome = { status: 'skipped', element, because: element };
    if (signal.aborted) return aside;
    if (onError === 'quit' || !isUserError(error)) {
      this.ended = { element, error };
      ending.abort(error);
    }
    if (!isUserError(error)) return aside;
    this.tell(element, { outcome: 'error', message: error.message });
    return { status: 'error', element, error };
  }

  private tell(element: Element, result: ElementResult): void {
    this.options.listener({ type: 'ended', element: this.facts(element), result });
  }

  private facts(element: Element): ElementFacts {
    return elementFacts(element, this.keyed.has(element) ? this.options.keys.key(element) : undefined);
  }

  private logFile(element: Element, digest: string): LogFile {
    return { digest, file: logPath(this.options.logDirectory, element, this.options.keys.key(element)) };
  }
}
