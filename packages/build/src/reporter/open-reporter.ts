import type { LocalStore } from '@wheelhouse/element';
import { JsonReporter } from './json-reporter.js';
import { logPlace } from './log-place.js';
import type { Reporter } from './reporter.js';
import { TerminalReporter } from './terminal-reporter.js';

/** Where a reporter writes: standard output, as a rule. */
export interface ReporterOutput {
  write(text: string): void;
  /** Whether a person looks on. */
  readonly isTTY?: boolean;
}

/** How it is told. */
export interface ReporterOptions {
  readonly output: ReporterOutput;
  readonly environment: NodeJS.ProcessEnv;
  readonly verbose?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The reporter that options and environment ask for. */
export function openReporter(store: LocalStore, { output, environment, verbose, json }: ReporterOptions): Reporter {
  const write = (text: string): void => {
    output.write(text);
  };
  if (json === true) return new JsonReporter(write);
  return new TerminalReporter({
    write,
    colour: wantsColour(output, environment),
    verbose: verbose ?? false,
    logOf: (element, record) => logPlace(store, element, record),
  });
}

/**
 * Colours are for terminals alone: Nx keeps what a task wrote and shows it elsewhere again, so its FORCE_COLOR is not
 * followed. NO_COLOR: see no-color.org.
 */
function wantsColour({ isTTY }: ReporterOutput, { NO_COLOR }: NodeJS.ProcessEnv): boolean {
  return isTTY === true && (NO_COLOR === undefined || NO_COLOR === '');
}
