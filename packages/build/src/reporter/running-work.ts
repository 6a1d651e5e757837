import { stripVTControlCharacters } from 'node:util';
import type { BuildEvent, ElementEvent, ElementFacts } from '@wheelhouse/element';
import { identityOf } from './element-identity.js';
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
  private readonly running = new Map<string, Work>();
  private readonly output = new OutputLines();
  private readonly queued = new Set<string>();
  private readonly ended = new Set<string>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number) {}

  readonly listener = (event: BuildEvent): void => {
    if ('element' in event) {
      this.addElement(event);
      return;
    }
    const { activity } = event;
    if (event.type === 'ended') {
      this.running.delete(activity.id);
      return;
    }
    const work = this.running.get(activity.id) ?? this.work(activity.verbs[0], activity.what);
    if (event.bytes !== undefined) work.bytes = event.bytes;
    this.running.set(activity.id, work);
  };

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** How many elements have ended of those that had to be built: `3 of 12`; empty if there are none. */
  get count(): string {
    const ended = [...this.queued].filter((identity) => this.ended.has(identity)).length;
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

  private addElement(event: ElementEvent): void {
    const { element } = event;
    const identity = identityOf(element);
    switch (event.type) {
      case 'queued':
        this.queued.add(identity);
        return;
      case 'started':
        this.running.set(identity, this.work(verbsOf(element)[0], element.name));
        return;
      case 'waiting':
        this.running.set(identity, this.work('waiting', `${element.name}: another process is building it`));
        return;
      case 'output':
        this.addOutput(element, event.text);
        return;
      case 'ended':
        this.running.delete(identity);
        this.output.rest(element);
        this.ended.add(identity);
        return;
      case 'step':
      case 'warning':
        return;
      default: {
        const unknown: never = event;
        throw new Error(`no such event: ${JSON.stringify(unknown)}`);
      }
    }
  }

  private work(doing: string, what: string): Work {
    return { doing, what, since: this.now() };
  }

  private addOutput(element: ElementFacts, text: string): void {
    const work = this.running.get(identityOf(element));
    const lines = this.output.add(element, text).map((line) => stripVTControlCharacters(line).trim());
    const last = lines.findLast((line) => line !== '');
    if (work !== undefined && last !== undefined) work.lastLine = last;
  }
}
