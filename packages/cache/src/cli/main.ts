import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheError } from '../errors.js';
import { EXIT, explainFailure, type Command, type CommandContext } from './command.js';
import { doctor } from './commands/doctor.js';
import { gc } from './commands/gc.js';
import { healthcheck } from './commands/healthcheck.js';
import { proxy } from './commands/proxy.js';
import { serve } from './commands/serve.js';
import { stats } from './commands/stats.js';
import { token } from './commands/token.js';
import { verify } from './commands/verify.js';

/** Where errors are said. */
export interface MainContext extends CommandContext {
  readonly errorOutput: { write(text: string): unknown };
}

const COMMANDS: Readonly<Record<string, Command>> = { serve, proxy, token, stats, gc, verify, doctor, healthcheck };

const HELP = `wheelhouse-cache COMMAND [OPTION]...

The remote cache of Nx, with tiers of trust.

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`)
  .join('\n')}

\`wheelhouse-cache COMMAND --help\` tells more.
`;

/**
 * The program `wheelhouse-cache`.
 *
 * @param argv what follows the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], context: MainContext): Promise<number> {
  try {
    return await dispatch(argv, context);
  } catch (error) {
    const failure = explainFailure(error);
    context.errorOutput.write(`${failure.text}\n`);
    return failure.exitCode;
  }
}

async function dispatch([name, ...rest]: readonly string[], context: CommandContext): Promise<number> {
  if (name === '--version') {
    const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
    context.output.write(`${(JSON.parse(text) as { readonly version: string }).version}\n`);
    return EXIT.done;
  }
  if (name === '--help' || name === 'help') {
    context.output.write(HELP);
    return EXIT.done;
  }
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    throw cacheError(
      'USAGE',
      name === undefined
        ? 'wheelhouse-cache: no command is given'
        : `wheelhouse-cache: there is no command \`${name}\``,
      `the commands are ${Object.keys(COMMANDS)
        .map((each) => `\`${each}\``)
        .join(', ')}`,
    );
  }
  if (!rest.includes('--help')) return await command.run(rest, context);
  context.output.write(command.help);
  return EXIT.done;
}
