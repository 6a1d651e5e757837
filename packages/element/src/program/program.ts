import type { Command, CommandContext } from './command.js';
import { EXIT, explainFailure } from './failure.js';
import { ElementError } from '../base/error.js';

/** What a program is made of. */
export interface Program<Context extends CommandContext> {
  /** As it is called: `wheelhouse`. */
  readonly name: string;
  /** What follows the name where the help says how the program is called. */
  readonly synopsis: string;
  /** What it is for: a sentence of the help. */
  readonly description: string;
  /** By name, in the order of the help. */
  readonly commands: Readonly<Record<string, Command<Context>>>;
  version(): string;
}

/** Where errors are printed. */
export interface ErrorOutput {
  readonly errorOutput: { write(text: string): unknown };
}

/**
 * Runs the command that a command line names.
 *
 * @param argv what follows the program's name
 * @returns the exit code
 */
export async function dispatch<Context extends CommandContext>(
  program: Program<Context>,
  argv: readonly string[],
  context: Context & ErrorOutput,
): Promise<number> {
  try {
    return await runCommand(program, argv, context);
  } catch (error) {
    const failure = explainFailure(error);
    context.errorOutput.write(`${failure.text}\n`);
    return failure.exitCode;
  }
}

async function runCommand<Context extends CommandContext>(
  program: Program<Context>,
  [name, ...rest]: readonly string[],
  context: Context,
): Promise<number> {
  if (name === '--version') {
    context.output.write(`${program.version()}\n`);
    return EXIT.done;
  }
  if (name === '--help' || name === 'help') {
    context.output.write(programHelp(program));
    return EXIT.done;
  }
  const command = name !== undefined && Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (command === undefined) {
    throw new ElementError({
      code: 'USAGE',
      message: `${program.name}: ${name === undefined ? 'no command given' : `unknown command \`${name}\``}`,
      hint: `the commands are ${Object.keys(program.commands)
        .map((each) => `\`${each}\``)
        .join(', ')}`,
    });
  }
  // What follows `--` is another program's.
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (!own.includes('--help')) return await command.run(rest, context);
  context.output.write(command.help);
  return EXIT.done;
}

/** What `--help` prints of a program as a whole. */
export function programHelp<Context extends CommandContext>(program: Program<Context>): string {
  const { name, synopsis, description, commands } = program;
  const width = Math.max(...Object.keys(commands).map((each) => each.length)) + 2;
  const lines = Object.entries(commands).map(([each, { summary }]) => `  ${each.padEnd(width)}${summary}`);
  return `${name} ${synopsis}\n\n${description}\n\n${lines.join('\n')}\n\n\`${name} COMMAND --help\` shows the options of a command.\n`;
}
