import { stripVTControlCharacters } from 'node:util';
import type { Activity, BuildEvent, Element } from '@wheelhouse/element';
import { OutputLines } from './output-lines.js';
import { formatBytes, formatTime } from './quantities.js';
import { verbsOf } from './verbs.js';

/** Something that is being done. Times are milliseconds of a clock that never goes back. */
interface Work {
  readonly doing: string;
  readonly what: string;
  readonly since: number;
  bytes?: number;
  lastLine?: string;
}

/** What is under way and how much is left, kept from the events of builds. */
export class RunningWork {
  private readonly running = new Map<Element | Activity, Work>();
  private readonly output = new OutputLines();
  private readonly queued = new Set<string>();
  private readonly ended = new Set<string>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number) {}

  readonly listener = (event: BuildEvent): void => {
    switch (event.type) {
      case 'queued':
        this.queued.add(event.key);
        return;
      case 'started':
        this.running.set(event.element, this.work(verbsOf(event.element)[0], event.element.name));
        return;
      case 'waiting':
        this.running.set(event.element, this.work('waiting', `${event.element.name}: another process builds it`));
        return;
      case 'output':
        this.addOutput(event.element, event.chunk);
        return;
      case 'built':
      case 'failed':
        this.end(event.element, event.record.key);
        return;
      case 'error':
        this.running.delete(event.element);
        return;
      case 'cached':
        this.end(event.element, event.key);
        return;
      case 'activity': {
        const work = this.running.get(event.activity) ?? this.work(event.activity.verbs[0], event.activity.what);
        if (event.bytes !== undefined) work.bytes = event.bytes;
        this.running.set(event.activity, work);
        return;
      }
      case 'activity-ended':
        this.running.delete(event.activity);
        return;
      case 'warning':
        return;
      default: {
        const unknown: never = event;
        throw new Error(`no such event: ${JSON.stringify(unknown)}`);
      }
    }
  };

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** How many elements have ended of those that had to be built: `3 of 12`; empty where there are none. */
  get count(): string {
    const ended = [...this.queued].filter((key) => this.ended.has(key)).length;
    return this.queued.size === 0 ? '' : `${ended} of ${this.queued.size}`;
  }

  /**
   * Everything that is under way, the oldest first: what is done, and the rest of a line about it, which says to what, for
   * how long, and the bytes or the last line of its log.
   */
  get lines(): { readonly doing: string; readonly rest: string }[] {
    return [...this.running.values()].map(({ doing, what, since, bytes, lastLine }) => {
      const facts = [formatTime(this.now() - since), ...(bytes === undefined ? [] : [formatBytes(bytes)])];
      return { doing, rest: `${what} ${facts.join(', ')}${lastLine === undefined ? '' : ` | ${lastLine}`}` };
    });
  }

  private work(doing: string, what: string): Work {
    return { doing, what, since: this.now() };
  }

  private addOutput(element: Element, chunk: Uint8Array): void {
    const work = this.running.get(element);
    const lines = this.output.add(element, chunk).map((line) => stripVTControlCharacters(line).trim());
    const last = lines.findLast((line) => line !== '');
    if (work !== undefined && last !== undefined) work.lastLine = last;
  }

  private end(element: Element, key: string): void {
    this.running.delete(element);
    this.output.rest(element);
    this.ended.add(key);
  }
}
