import { logPath } from './build-log.js';
import type { BuilderOptions } from './builder-options.js';
import { criticalPath } from './critical-path.js';
import { errorOfElement, isUserError } from './element-error.js';
import { elementFacts } from './element-facts.js';
import type { CachedBecause, ElementFacts, ElementResult, LogFile } from './events.js';
import { hasFailed, type Outcome } from './outcome.js';
import { Stopped, throwIfStopped } from './stopped.js';
import { formatDigest } from '../cas/digest.js';
import type { Element } from '../plugin/element.js';
import type { Lock } from '../plugin/local-ports.js';
import type { ArtifactRecord } from '../plugin/ports.js';

/**
 * Builds what has to be built and nothing else. An element whose key is known is taken from the store, and nothing
 * below it is looked at. Each of the others is fetched, built and kept as the scheduler lets it. One process builds a key;
 * others wait and take what it made (docs/adr/0009).
 */
export class Builder {
  private readonly outcomes = new Map<Element, Promise<Outcome>>();
  private readonly records = new Map<Element, ArtifactRecord>();
  /** What was looked up, each with what its build needs: nothing where it has an artifact. */
  private readonly needs = new Map<Element, readonly Element[]>();
  private begun: Promise<void> | undefined;
  /** Those whose own code has given what a key is made of. */
  private readonly keyed = new Set<Element>();
  private priorities: ReadonlyMap<Element, number> = new Map();
  /** The elements whose errors these are: one error may be that of many that were fetched together. */
  private readonly errors = new Map<Error, Element>();
  /** What ended the build and is not an outcome. */
  private bug: Error | undefined;
  /** Calls of {@link build} that are under way: they listen to the signal together. */
  private calls = 0;
  private readonly abort = (): void => {
    this.options.ending.abort(this.options.signal.reason);
  };
  private readonly running: AbortSignal;
  private readonly stopping: AbortSignal;

  constructor(private readonly options: BuilderOptions) {
    this.running = options.ending.signal;
    this.stopping = options.stopping.signal;
  }

  /**
   * Builds these of the targets and all they need when they run. A failed command is an outcome, and so is the error of
   * an element that cannot be carried out; what becomes of the others is told by {@link OnError} (docs/adr/0102). Nothing
   * is left running afterwards. Several calls may run at once: whatever their targets share is looked up, fetched and
   * built once (docs/adr/0101).
   *
   * @returns the outcomes of these targets and of what was looked at for them
   * @throws `signal.reason` when aborted from outside; a bug, naming the element in which it showed
   */
  async build(targets: readonly Element[]): Promise<Outcome[]> {
    const { fetcher, signal } = this.options;
    if (signal.aborted) this.abort();
    if (this.calls === 0) signal.addEventListener('abort', this.abort);
    this.calls += 1;
    let reached: readonly Element[];
    try {
      this.begun ??= this.begin();
      await this.begun;
      reached = this.reachedFrom(targets);
      await Promise.all(reached.map((element) => this.ensure(element)));
      await fetcher.idle();
    } finally {
      this.calls -= 1;
      if (this.calls === 0) signal.removeEventListener('abort', this.abort);
    }
    signal.throwIfAborted();
    if (this.bug !== undefined) throw this.bug;
    const wanted = new Set(reached);
    const outcomes = [...this.outcomes].filter(([element]) => wanted.has(element));
    return await Promise.all(outcomes.map(([, outcome]) => outcome));
  }

  /** The record of an element that has been built or found. */
  recordOf(element: Element): ArtifactRecord {
    const record = this.records.get(element);
    if (record === undefined) throw new Error(`${element.name} was requested before it was built`);
    return record;
  }

  /** Looks for the artifacts of all targets, and of what those need that have none; begins to fetch for what is missing. */
  private async begin(): Promise<void> {
    const missing = new Set<Element>();
    const visit = async (element: Element): Promise<void> => {
      if (this.needs.has(element)) return;
      this.needs.set(element, []);
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
      const needed = element.closure('build');
      this.needs.set(element, needed);
      await Promise.all(needed.map(visit));
    };
    await Promise.all(this.options.targets.flatMap((target) => target.closure('run')).map(visit));
    const ordered = [...this.needs.keys()].filter((element) => missing.has(element));
    this.priorities = criticalPath(ordered);
    if (!this.running.aborted && !this.stopping.aborted) this.options.fetcher.begin(ordered);
  }

  /** Those that were looked up for these targets, in the order in which they were. */
  private reachedFrom(targets: readonly Element[]): Element[] {
    const reached = new Set<Element>();
    const rest = targets.flatMap((target) => target.closure('run'));
    for (let element = rest.pop(); element !== undefined; element = rest.pop()) {
      if (reached.has(element)) continue;
      const needed = this.needs.get(element);
      if (needed === undefined) throw new Error(`${element.name} is not needed by any target`);
      reached.add(element);
      rest.push(...needed);
    }
    return [...this.needs.keys()].filter((element) => reached.has(element));
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
      return isUserError(error) ? this.endBecauseOf(element, error) : this.fail(element, error);
    }
    if (element.runsCommands) {
      const key = this.options.keys.key(element);
      return await scheduler.alone(key, () => this.buildLocked(element), this.running);
    }
    // Where no command runs there is nothing to be spared: a merge costs less than a lock, and the first record stays.
    const collect = async (): Promise<Outcome> => {
      this.throwIfStopped();
      return await this.make(element);
    };
    return await scheduler.run('collect', collect, this.priorities.get(element));
  }

  /** A place is not kept for an element that another process builds. */
  private async buildLocked(element: Element): Promise<Outcome> {
    const { scheduler, locks, listener, keys } = this.options;
    const priority = this.priorities.get(element);
    const begun = await scheduler.run<Outcome | { readonly waiting: Promise<Lock> }>(
      'build',
      async () => {
        this.throwIfStopped();
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

  /** @throws Stopped if nothing more is to be started; the reason of what ended the build */
  private throwIfStopped(): void {
    this.running.throwIfAborted();
    throwIfStopped(this.stopping);
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
      this.stopBecauseOf(element);
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
    return this.skipped(element, thrown) ?? this.endBecauseOf(element, errorOfElement(element, thrown));
  }

  /** The outcome of an element that was not started because another one stopped the build; `undefined` for other reasons. */
  private skipped(element: Element, reason: unknown): Outcome | undefined {
    return reason instanceof Stopped ? this.skip(element, reason.element ?? element) : undefined;
  }

  private endBecauseOf(element: Element, error: Error): Outcome {
    // What ends the whole build is thrown, and is not an outcome of an element.
    const aside: Outcome = { status: 'skipped', element, because: element };
    if (this.options.signal.aborted) return aside;
    const whose = this.errors.get(error);
    const skipped = this.skipped(element, this.running.reason) ?? (whose && this.skip(element, whose));
    if (skipped !== undefined) return skipped;
    if (!isUserError(error)) {
      this.bug ??= error;
      const stopped = new Stopped(element);
      this.options.stopping.abort(stopped);
      this.options.ending.abort(stopped);
      return aside;
    }
    this.errors.set(error, element);
    this.stopBecauseOf(element);
    this.tell(element, { outcome: 'error', message: error.message });
    return { status: 'error', element, error };
  }

  /** An element has no artifact: unless the builder is to continue, nothing more is started. */
  private stopBecauseOf(element: Element): void {
    const { onError, stopping, ending } = this.options;
    if (onError === 'continue' || this.stopping.aborted) return;
    const stopped = new Stopped(element);
    stopping.abort(stopped);
    if (onError === 'terminate') ending.abort(stopped);
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
