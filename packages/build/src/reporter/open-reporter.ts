import type { LocalStore } from '@wheelhouse/element/internal';
import { JsonReporter } from './json-reporter.js';
import { logPlace } from './log-place.js';
import { Progress } from './progress.js';
import type { Reporter } from './reporter.js';
import type { ReporterOutput } from './terminal-output.js';
import { TerminalReporter } from './terminal-reporter.js';

/** How it is reported. */
export interface ReporterOptions {
  readonly output: ReporterOutput;
  readonly environment: NodeJS.ProcessEnv;
  readonly verbose?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** Whether long-running work is shown while it is in progress; true unless another process shows it. */
  readonly progress?: boolean;
}

/** The reporter that options and environment ask for. */
export function openReporter(store: LocalStore, options: ReporterOptions): Reporter {
  const { output, environment, verbose, json, progress = true } = options;
  const write = (text: string): void => {
    output.write(text);
  };
  if (json === true) return new JsonReporter(write);
  return new TerminalReporter({
    write,
    colour: wantsColour(output, environment),
    verbose: verbose ?? false,
    ...(progress ? { progress: new Progress(output) } : {}),
    logOf: (log) => logPlace(store, log),
  });
}

/**
 * Colours are for terminals alone: Nx keeps what a task wrote and shows it elsewhere again, so its FORCE_COLOR is not
 * followed. NO_COLOR: see no-color.org.
 */
function wantsColour({ isTTY }: ReporterOutput, { NO_COLOR }: NodeJS.ProcessEnv): boolean {
  return isTTY === true && (NO_COLOR === undefined || NO_COLOR === '');
}
