import type { BuildEvent } from '@wheelhouse/element';
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
    this.begun ||= 'element' in event;
    switch (event.type) {
      case 'built':
      case 'failed':
        this.outcomes.set(event.record.key, event.type);
        return;
      case 'cached':
        if (!this.outcomes.has(event.key)) this.outcomes.set(event.key, 'cached');
        return;
      case 'error':
        this.outcomes.set(event.element.name, 'failed');
        return;
      case 'queued':
      case 'activity':
      case 'activity-ended':
      case 'waiting':
      case 'started':
      case 'output':
      case 'warning':
        return;
      default: {
        const unknown: never = event;
        throw new Error(`no such event: ${JSON.stringify(unknown)}`);
      }
    }
  }

  get counts(): BuildCounts {
    const counts = { built: 0, cached: 0, failed: 0 };
    for (const outcome of this.outcomes.values()) counts[outcome] += 1;
    return counts;
  }
}

/** The last line of every build. */
export function summaryLine({ built, cached, failed }: BuildCounts): string {
  return `${built} built, ${cached} cached, ${failed} failed`;
}
