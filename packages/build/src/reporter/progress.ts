import type { BuildEvent } from '@wheelhouse/element';
import { RunningWork } from './running-work.js';
import { VERB_WIDTH } from './verbs.js';
import type { ReporterOutput } from './terminal-output.js';

/** How often a terminal is drawn anew, in milliseconds. */
const REDRAW = 120;
/** The interval of progress lines without a terminal, in milliseconds. */
const SILENCE = 20_000;

/** The maximum length of a line without a terminal: the command line of a compiler would fill a screen. */
const LONGEST = 160;

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/**
 * Shows that long work goes on: on a terminal a line for everything that runs, which is removed when it ends; elsewhere
 * a line for each of them every 20 seconds. It writes nothing while nothing runs, and keeps no process alive.
 */
export class Progress {
  private readonly work: RunningWork;
  private timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly output: ReporterOutput,
    now: () => number = () => performance.now(),
  ) {
    this.work = new RunningWork(now);
  }

  /** Whether what is under way is on a terminal all the time, so that its beginning needs no line of its own. */
  get isDrawn(): boolean {
    return this.output.draw !== undefined;
  }

  readonly listener = (event: BuildEvent): void => {
    this.work.listener(event);
    if (this.work.isIdle) this.stop();
    else this.timer ??= setInterval(this.tick, this.output.draw === undefined ? SILENCE : REDRAW).unref();
  };

  /** Takes away what is drawn. Further events bring it back. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.output.draw?.('');
  }

  private readonly tick = (): void => {
    const { count, lines } = this.work;
    if (this.output.draw === undefined) {
      const prefix = count === '' ? '' : `[${count}] `;
      for (const { doing, rest } of lines) this.output.write(`${cut(`${prefix}still ${doing} ${rest}`, LONGEST)}\n`);
      return;
    }
    const width = Math.max(20, (this.output.columns ?? 80) - 1);
    const shown = lines.map(({ doing, rest }) => `${doing.padEnd(VERB_WIDTH)} ${rest}`);
    if (count !== '') shown.push(`${count} elements done`);
    this.output.draw(shown.map((line) => cut(line, width)).join('\n'));
  };
}
