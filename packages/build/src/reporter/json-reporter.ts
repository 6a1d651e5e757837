import type { BuildEvent } from '@wheelhouse/element';
import type { Reporter } from './reporter.js';
import { Tally } from './tally.js';

/** Tells programs: every event as it is, one JSON object a line, and the counts at the end. */
export class JsonReporter implements Reporter {
  private readonly tally = new Tally();

  /** @param write takes a line with its newline */
  constructor(private readonly write: (text: string) => void) {}

  readonly listener = (event: BuildEvent): void => {
    this.tally.add(event);
    this.put(event);
  };

  get hasBegun(): boolean {
    return this.tally.hasBegun;
  }

  finish(): void {
    this.put({ type: 'finished', ...this.tally.counts });
  }

  close(): void {
    // Nothing is shown for a while only.
  }

  private put(value: object): void {
    this.write(`${JSON.stringify(value)}\n`);
  }
}
