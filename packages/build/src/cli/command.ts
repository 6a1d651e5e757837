import type { Command as AnyCommand, CommandContext as AnyContext } from '@wheelhouse/element/program';
import type { ReporterOutput } from '../reporter/terminal-output.js';

/** What a command of `wheelhouse` is given by the process it runs in. */
export interface CommandContext extends AnyContext {
  readonly output: ReporterOutput;
}

/** A command of `wheelhouse`. */
export type Command = AnyCommand<CommandContext>;
