/**
 * The rounds of the event loop, for answers that wait for the end of one and are then written in a row. Each write wakes
 * whoever waits for it, who would else take the processor between any two requests: that takes longer than the answer.
 */
export class Rounds {
  private end: Promise<void> | undefined;

  /** Resolves when the round has dealt with all that had come when it began. */
  async over(): Promise<void> {
    this.end ??= new Promise((resolve) => {
      setImmediate(() => {
        this.end = undefined;
        resolve();
      });
    });
    await this.end;
  }
}
