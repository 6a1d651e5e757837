import { formatDigest, type Activity, type BuildEvent } from '@wheelhouse/element';
import type { Reporter } from './reporter.js';
import { Tally } from './tally.js';

/** Tells programs: one JSON object a line for every event, and the counts at the end. */
export class JsonReporter implements Reporter {
  private readonly tally = new Tally();

  /** @param write takes a line with its newline */
  constructor(private readonly write: (text: string) => void) {}

  readonly listener = (event: BuildEvent): void => {
    this.tally.add(event);
    const element = 'element' in event ? { element: event.element.name } : {};
    this.put({ type: event.type, ...element, ...detailOf(event) });
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

  private put(value: Readonly<Record<string, unknown>>): void {
    this.write(`${JSON.stringify(value)}\n`);
  }
}

function detailOf(event: BuildEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'activity':
      return { activity: textOf(event.activity), bytes: event.bytes };
    case 'activity-ended': {
      const { activity, elapsed, bytes, failed } = event;
      return { activity: textOf(activity), milliseconds: Math.round(elapsed), bytes, failed };
    }
    case 'queued':
    case 'started':
    case 'waiting':
      return { key: event.key };
    case 'cached':
      return { key: event.key, why: event.why };
    case 'warning':
      return { message: event.message };
    case 'error':
      return { message: event.error.message };
    case 'output':
      return { text: Buffer.from(event.chunk).toString('utf8') };
    case 'built':
      return { key: event.record.key, tree: formatDigest(event.record.tree), milliseconds: event.record.elapsed };
    case 'failed': {
      const { key, exitCode, failedCommand, log } = event.record;
      return {
        key,
        exitCode,
        command: failedCommand,
        log: log === undefined ? undefined : formatDigest(log),
        replayed: event.replayed,
      };
    }
    default: {
      const unknown: never = event;
      throw new Error(`no such event: ${JSON.stringify(unknown)}`);
    }
  }
}

function textOf({ verbs: [doing], what }: Activity): string {
  return `${doing} ${what}`;
}
