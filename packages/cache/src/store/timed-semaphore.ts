/** The limits of a {@link TimedSemaphore}. */
export interface SemaphoreLimits {
  /** How many permits may be held at the same time. */
  readonly most: number;
  /** Milliseconds after which a permit that is still held no longer counts. */
  readonly holdMs: number;
}

/** A fair semaphore whose permits expire, so that a slow holder does not keep the others waiting. */
export class TimedSemaphore {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: SemaphoreLimits) {}

  /** Waits for a permit. @returns its release, which may be called more than once */
  async acquire(): Promise<() => void> {
    if (this.taken < this.limits.most) this.taken += 1;
    else {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      clearTimeout(timer);
      this.pass();
    };
    const timer = setTimeout(release, this.limits.holdMs);
    return release;
  }

  /** Hands the permit to the next in line, if there is one. */
  private pass(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }
}
