import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ElementError, type SignalledProcess } from '@wheelhouse/element';
import type { ReporterOutput } from '../reporter/terminal-output.js';
import { codeOf } from '../errno.js';

/** What a command is given by the process it runs in. */
export interface CommandContext {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly output: ReporterOutput;
  readonly process: SignalledProcess;
}

/** A command of `wheelhouse`. */
export interface Command {
  /** Shown by `--help`, with its newline. */
  readonly help: string;
  /**
   * @param argv what follows the command's name
   * @returns the exit code
   */
  run(argv: readonly string[], context: CommandContext): Promise<number>;
}

/** `util.parseArgs`, whose complaints become a user's error. @throws ElementError USAGE */
export function parseArguments<T extends ParseArgsConfig>(command: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const code = codeOf(error);
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    const [sentence = ''] = (error instanceof Error ? error.message : '').split('. ');
    throw usage(command, sentence);
  }
}

/** A user's error in how a command is called. */
export function usage(command: string, message: string): ElementError {
  return new ElementError({
    code: 'USAGE',
    message: `wheelhouse ${command}: ${message}`,
    hint: `\`wheelhouse ${command} --help\` says how it is used`,
  });
}

/** The one target that a command takes. @throws ElementError USAGE */
export function onlyTarget(command: string, positionals: readonly string[], what: string): string {
  const [target] = positionals;
  if (target !== undefined && positionals.length === 1) return target;
  throw usage(command, `one ${what} is expected, not ${positionals.length}`);
}
