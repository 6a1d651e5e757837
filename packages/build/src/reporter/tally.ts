import type { BuildEvent, ElementEnded } from '@wheelhouse/element';
import { identityOf } from './element-identity.js';
import type { BuildCounts } from './reporter.js';

/** Counts elements by how they came out. One that was built and later found again counts as built. */
export class Tally {
  private readonly outcomes = new Map<string, keyof BuildCounts>();

  private begun = false;

  /** Whether anything has happened to an element. */
  get hasBegun(): boolean {
    return this.begun;
  }

  add(event: BuildEvent): void {
    if (!('element' in event)) return;
    this.begun = true;
    if (event.type === 'ended') this.count(event);
  }

  get counts(): BuildCounts {
    const counts = { built: 0, cached: 0, failed: 0 };
    for (const outcome of this.outcomes.values()) counts[outcome] += 1;
    return counts;
  }

  private count({ element, result: { outcome } }: ElementEnded): void {
    const identity = identityOf(element);
    switch (outcome) {
      case 'built':
      case 'failed':
        this.outcomes.set(identity, outcome);
        return;
      case 'cached':
        if (!this.outcomes.has(identity)) this.outcomes.set(identity, outcome);
        return;
      case 'error':
        this.outcomes.set(identity, 'failed');
        return;
      case 'skipped':
        return;
      default: {
        const unknown: never = outcome;
        throw new Error(`no such outcome: ${String(unknown)}`);
      }
    }
  }
}

/** The last line of every build. */
export function summaryLine({ built, cached, failed }: BuildCounts): string {
  return `${built} built, ${cached} cached, ${failed} failed`;
}
