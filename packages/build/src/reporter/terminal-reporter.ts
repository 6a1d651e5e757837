import { styleText } from 'node:util';
import type { ArtifactRecord, BuildEvent, Element } from '@wheelhouse/element';
import type { LogPlace } from './log-place.js';
import { OutputLines } from './output-lines.js';
import type { Progress } from './progress.js';
import type { Reporter } from './reporter.js';
import { formatBytes, formatTime } from './quantities.js';
import { summaryLine, Tally } from './tally.js';
import { verbsOf, VERB_WIDTH } from './verbs.js';

/** What a terminal reporter is made with. */
export interface TerminalReporterOptions {
  /** Takes text with its newlines. */
  write(text: string): void;
  readonly colour: boolean;
  /** Whether the output of builds is shown while they run. */
  readonly verbose: boolean;
  /** Shows what is under way. */
  readonly progress?: Progress;
  /** The log of a build that failed. */
  logOf(element: Element, record: ArtifactRecord): LogPlace | undefined;
}

/** The colours of words; see `util.styleText`. */
type Colour = Parameters<typeof styleText>[0];

/**
 * Tells people: a line for whatever takes time or is worth knowing, and the end of the log of what failed. Elements
 * whose key is known, and those that run no commands, are only counted.
 */
export class TerminalReporter implements Reporter {
  private readonly tally = new Tally();
  private readonly output = new OutputLines();

  constructor(private readonly options: TerminalReporterOptions) {}

  readonly listener = (event: BuildEvent): void => {
    this.options.progress?.listener(event);
    this.tally.add(event);
    switch (event.type) {
      case 'queued':
      case 'activity':
        return;
      case 'activity-ended': {
        const { activity, elapsed, bytes, failed } = event;
        const size = bytes === undefined ? '' : `, ${formatBytes(bytes)},`;
        if (!failed) this.line(activity.verbs[1], 'green', `${activity.what}${size} in ${formatTime(elapsed)}`);
        return;
      }
      case 'started':
        if (this.options.progress?.isDrawn === true && !this.options.verbose) return;
        this.line(verbsOf(event.element)[0], 'cyan', `${event.element.name} ${short(event.key)}`);
        return;
      case 'built': {
        const { element, record } = event;
        this.flush(element);
        // A merge of trees takes no time; there may be hundreds.
        if (!element.runsCommands && !this.options.verbose) return;
        this.line(
          verbsOf(element)[1],
          'green',
          `${element.name} ${short(record.key)} in ${formatTime(record.elapsed)}`,
        );
        return;
      }
      case 'cached':
        if (event.why === 'key') return;
        this.line(
          'cached',
          'green',
          `${event.element.name} ${short(event.key)}: the same commands ran on the same root`,
        );
        return;
      case 'waiting':
        this.line('waiting', 'yellow', `${event.element.name} ${short(event.key)}: another process builds it`);
        return;
      case 'warning':
        this.line('warning', 'yellow', `${event.element.name} ${event.message}`);
        return;
      case 'output':
        if (!this.options.verbose) return;
        for (const text of this.output.add(event.element, event.chunk)) this.outputLine(event.element, text);
        return;
      case 'failed':
        this.flush(event.element);
        this.failure(event);
        return;
      // Who ends because of it says it.
      case 'error':
        this.flush(event.element);
        return;
      default: {
        const unknown: never = event;
        throw new Error(`no such event: ${JSON.stringify(unknown)}`);
      }
    }
  };

  get hasBegun(): boolean {
    return this.tally.hasBegun;
  }

  finish(): void {
    this.options.write(`${summaryLine(this.tally.counts)}\n`);
  }

  close(): void {
    this.options.progress?.stop();
  }

  private failure({ element, record, replayed }: Extract<BuildEvent, { type: 'failed' }>): void {
    const when = replayed ? 'before, and nothing has changed since' : `after ${formatTime(record.elapsed)}`;
    this.line('failed', 'red', `${element.name} ${short(record.key)} ${when}`);
    this.detail(`command \`${(record.failedCommand ?? '').trim()}\` exited with code ${record.exitCode}`);
    const log = this.options.logOf(element, record);
    if (log !== undefined) {
      if (replayed || !this.options.verbose) for (const text of log.tail.split('\n')) this.detail(`| ${text}`);
      this.detail(`log: ${log.path}`);
    }
    if (replayed) this.detail('hint: pass `--retry-failed` to retry it');
  }

  private flush(element: Element): void {
    const rest = this.output.rest(element);
    if (rest !== '') this.outputLine(element, rest);
  }

  private outputLine(element: Element, text: string): void {
    this.options.write(`${this.paint('dim', `${element.name} |`)} ${text}\n`);
  }

  private line(verb: string, colour: Colour, text: string): void {
    this.options.write(`${this.paint(colour, verb.padEnd(VERB_WIDTH))} ${text}\n`);
  }

  private detail(text: string): void {
    this.options.write(`           ${text}\n`);
  }

  private paint(colour: Colour, text: string): string {
    return this.options.colour ? styleText(colour, text, { validateStream: false }) : text;
  }
}

function short(key: string): string {
  return key.slice(0, 8);
}
