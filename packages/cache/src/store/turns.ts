/** What a turn is bounded by. */
export interface TurnLimits {
  /** How many there are at a time. */
  readonly most: number;
  /** Milliseconds after which one that has not ended is not counted any more. */
  readonly holdMs: number;
}

/** Lets a few go on at a time, in the order in which they came. Who takes long does not keep the others from it. */
export class Turns {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: TurnLimits) {}

  /** Waits for a turn. @returns what ends it, once or more often */
  async take(): Promise<() => void> {
    if (this.taken < this.limits.most) this.taken += 1;
    else {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.pass();
    };
    const timer = setTimeout(end, this.limits.holdMs);
    return end;
  }

  /** The place of a turn goes to the next one, if there is any. */
  private pass(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }
}
