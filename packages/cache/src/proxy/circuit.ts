import { isOutage, type Fault } from './fault.js';

/** How a {@link Circuit} reacts. */
export interface CircuitOptions {
  /** Milliseconds for which it is open the first time; each further time it is twice as long. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** Faults in a row, of the kind that the next request need not meet, after which it opens. */
  readonly tolerance: number;
  readonly now: () => number;
}

/**
 * Keeps requests from a cache that is out of order: a run must not wait for each of its tasks until one more time-out is
 * over. Once the time is up one request at a time tries.
 */
export class Circuit {
  private openedMs = 0;
  private openUntil = 0;
  private inARow = 0;
  private trying = false;
  /** The fault that opened it, until a request succeeds. */
  private cause: Fault | undefined;

  constructor(private readonly options: CircuitOptions) {}

  /** What it is open for; `undefined` if a request may be made. */
  get fault(): Fault | undefined {
    if (this.cause === undefined) return undefined;
    return this.options.now() < this.openUntil || this.trying ? this.cause : undefined;
  }

  /** Milliseconds until a request may be made. */
  get waitMs(): number {
    return this.cause === undefined ? 0 : Math.max(0, this.openUntil - this.options.now());
  }

  /** A request is made; every one is followed by `succeed` or `fail`. */
  begin(): void {
    if (this.cause !== undefined) this.trying = true;
  }

  succeed(): void {
    this.inARow = 0;
    this.openedMs = 0;
    this.trying = false;
    this.cause = undefined;
  }

  fail(fault: Fault): void {
    this.trying = false;
    this.inARow++;
    if (!isOutage(fault) && fault.retryAfterMs === undefined && this.inARow < this.options.tolerance) return;
    const { openMs, maxOpenMs, now } = this.options;
    // Requests that were under way when it opened say nothing new.
    if (this.cause !== undefined && now() < this.openUntil) return;
    this.openedMs = Math.min(maxOpenMs, this.openedMs === 0 ? openMs : this.openedMs * 2);
    this.openUntil = now() + Math.min(maxOpenMs, Math.max(this.openedMs, fault.retryAfterMs ?? 0));
    this.cause = fault;
  }
}
