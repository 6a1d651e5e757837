import type { SignalledProcess } from '../base/interruption.js';

/** What a command is given by the process it runs in. */
export interface CommandContext {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly output: { write(text: string): unknown };
  readonly process: SignalledProcess;
}

/** A command of a program. */
export interface Command<Context extends CommandContext = CommandContext> {
  /** A short description for the help of the program. */
  readonly summary: string;
  /** Shown by `--help`, with its newline. */
  readonly help: string;
  /**
   * @param argv what follows the command's name
   * @returns the exit code
   */
  run(argv: readonly string[], context: Context): Promise<number>;
}
