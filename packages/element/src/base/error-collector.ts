import { ElementError, ElementErrors, throwCollected } from './error.js';

/**
 * Lets one pass go on after a user error, to find the others too. An error that is met again, since several values come
 * from one place, is kept once. Bugs are not held up.
 */
export class ErrorCollector {
  private readonly collected: ElementError[] = [];
  private readonly known = new Set<string>();

  get errors(): readonly ElementError[] {
    return this.collected;
  }

  add(...errors: readonly ElementError[]): void {
    for (const error of errors) {
      const identity = `${error.message}\n${error.detail ?? ''}`;
      if (this.known.has(identity)) continue;
      this.known.add(identity);
      this.collected.push(error);
    }
  }

  /** What `action` returns, or `undefined` if it threw a user error, which is kept. */
  attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.keep(error);
      return undefined;
    }
  }

  /** {@link attempt} for what is awaited. */
  async attemptAsync<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.keep(error);
      return undefined;
    }
  }

  /** @throws ElementError the one that was kept @throws ElementErrors all of them, if there are several */
  throwIfAny(): void {
    throwCollected(this.collected);
  }

  private keep(error: unknown): void {
    if (error instanceof ElementErrors) this.add(...error.errors);
    else if (error instanceof ElementError) this.add(error);
    else throw error;
  }
}
