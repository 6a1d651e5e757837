import { styleText } from 'node:util';
import type {
  ActivityEvent,
  BuildEvent,
  ElementEvent,
  ElementFacts,
  ElementResult,
  LogFile,
} from '@wheelhouse/element';
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
  /** Where the log of a build that failed is. */
  logOf(log: LogFile): LogPlace | undefined;
}

/** The colours of labels; see `util.styleText`. */
type Colour = Parameters<typeof styleText>[0];

/**
 * Reports to a terminal: a line for everything that takes time or matters, and the end of the log of each failure.
 * Elements whose key is known, and those that run no commands, are only counted.
 */
export class TerminalReporter implements Reporter {
  private readonly tally = new Tally();
  private readonly output = new OutputLines();

  constructor(private readonly options: TerminalReporterOptions) {}

  readonly listener = (event: BuildEvent): void => {
    this.options.progress?.listener(event);
    this.tally.add(event);
    if ('element' in event) this.tellElement(event);
    else this.tellActivity(event);
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

  private tellActivity(event: ActivityEvent): void {
    if (event.type !== 'ended' || event.failed) return;
    const { activity, elapsed, bytes } = event;
    const size = bytes === undefined ? '' : `, ${formatBytes(bytes)},`;
    this.line(activity.verbs[1], 'green', `${activity.what}${size} in ${formatTime(elapsed)}`);
  }

  private tellElement(event: ElementEvent): void {
    const { element } = event;
    switch (event.type) {
      case 'queued':
      case 'step':
        return;
      case 'started':
        if (this.options.progress?.isDrawn === true && !this.options.verbose) return;
        this.line(verbsOf(element)[0], 'cyan', named(element));
        return;
      case 'waiting':
        this.line('waiting', 'yellow', `${named(element)}: another process is building it`);
        return;
      case 'warning':
        this.line('warning', 'yellow', `${element.name} ${event.message}`);
        return;
      case 'output':
        if (!this.options.verbose) return;
        for (const text of this.output.add(element, event.text)) this.outputLine(element, text);
        return;
      case 'ended':
        this.flush(element);
        this.tellResult(element, event.result);
        return;
      default: {
        const unknown: never = event;
        throw new Error(`no such event: ${JSON.stringify(unknown)}`);
      }
    }
  }

  private tellResult(element: ElementFacts, result: ElementResult): void {
    switch (result.outcome) {
      case 'built':
        // A merge of trees takes no time; there may be hundreds.
        if (!element.runsCommands && !this.options.verbose) return;
        this.line(verbsOf(element)[1], 'green', `${named(element)} in ${formatTime(result.elapsed)}`);
        return;
      case 'cached':
        if (result.why === 'key') return;
        this.line('cached', 'green', `${named(element)}: the same commands already ran on the same root`);
        return;
      case 'failed':
        this.failure(element, result);
        return;
      // The error is shown where the command or the task ends because of it.
      case 'error':
      case 'skipped':
        return;
      default: {
        const unknown: never = result;
        throw new Error(`no such outcome: ${JSON.stringify(unknown)}`);
      }
    }
  }

  private failure(element: ElementFacts, { replayed, elapsed, command, exitCode, log }: FailedResult): void {
    const when = replayed ? 'before, and nothing has changed since' : `after ${formatTime(elapsed)}`;
    this.line('failed', 'red', `${named(element)} ${when}`);
    this.detail(`command \`${(command ?? '').trim()}\` exited with code ${exitCode}`);
    const place = log === undefined ? undefined : this.options.logOf(log);
    if (place !== undefined) {
      if (replayed || !this.options.verbose) for (const text of place.tail.split('\n')) this.detail(`| ${text}`);
      this.detail(`log: ${place.path}`);
    }
    if (replayed) this.detail('hint: pass `--retry-failed` to retry it');
  }

  private flush(element: ElementFacts): void {
    const rest = this.output.rest(element);
    if (rest !== '') this.outputLine(element, rest);
  }

  private outputLine(element: ElementFacts, text: string): void {
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

/** An element's name and the beginning of its key. */
function named({ name, key }: ElementFacts): string {
  return key === undefined ? name : `${name} ${key.slice(0, 8)}`;
}

type FailedResult = Extract<ElementResult, { readonly outcome: 'failed' }>;
