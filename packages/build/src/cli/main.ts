import { ElementError } from '@wheelhouse/element';
import type { Command, CommandContext } from './command.js';
import { artifact } from './commands/artifact.js';
import { build } from './commands/build.js';
import { doctor } from './commands/doctor.js';
import { image } from './commands/image.js';
import { indexSite } from './commands/index-site.js';
import { lock } from './commands/lock.js';
import { publish } from './commands/publish.js';
import { script } from './commands/script.js';
import { show } from './commands/show.js';
import { test } from './commands/test.js';
import { snapshot } from './commands/snapshot.js';
import { toolchain } from './commands/toolchain.js';
import { venv } from './commands/venv.js';
import { verify } from './commands/verify.js';
import { EXIT, explainFailure } from '../failure.js';

/** Where errors are said. */
export interface MainContext extends CommandContext {
  readonly errorOutput: { write(text: string): void };
}

/** The commands. An `import()` would bring the loader of ES modules up, which takes longer than loading all of these. */
const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly command: Command }>> = {
  build: {
    summary: 'build elements, and the wheels of projects',
    command: build,
  },
  test: {
    summary: 'test the built wheel of a project',
    command: test,
  },
  venv: {
    summary: 'make the development environment of a project',
    command: venv,
  },
  show: {
    summary: 'show elements with their keys and whether they are built',
    command: show,
  },
  snapshot: {
    summary: 'fetch every file that a project uses, for this machine or another',
    command: snapshot,
  },
  script: {
    summary: 'print the shell script that builds an element',
    command: script,
  },
  artifact: {
    summary: 'check out what an element was built to',
    command: artifact,
  },
  lock: {
    summary: 'resolve what a project requires and write its locks',
    command: lock,
  },
  verify: {
    summary: "check a project's outputs against what they were made from, or a wheelhouse anywhere",
    command: verify,
  },
  image: {
    summary: 'install the wheelhouse of a project on a base image',
    command: image,
  },
  publish: {
    summary: 'publish a wheelhouse to an index',
    command: publish,
  },
  index: {
    summary: 'serve a static index, or write its pages anew',
    command: indexSite,
  },
  doctor: {
    summary: 'try everything that building needs of this machine',
    command: doctor,
  },
  toolchain: {
    summary: 'print the digest of what a project is built with',
    command: toolchain,
  },
};

const HELP = `wheelhouse COMMAND [OPTION]... [TARGET]...

Builds Python applications, and whatever else elements describe, in sandboxes.

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

\`wheelhouse COMMAND --help\` tells more.
`;

/**
 * The program `wheelhouse`.
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
    const { readVersion } = await import('../version.js');
    context.output.write(`${readVersion()}\n`);
    return EXIT.done;
  }
  if (name === '--help' || name === 'help') {
    context.output.write(HELP);
    return EXIT.done;
  }
  const entry = name === undefined ? undefined : COMMANDS[name];
  if (entry === undefined) {
    throw new ElementError({
      code: 'USAGE',
      message: name === undefined ? 'wheelhouse: no command is given' : `wheelhouse: there is no command \`${name}\``,
      hint: `the commands are ${Object.keys(COMMANDS)
        .map((each) => `\`${each}\``)
        .join(', ')}`,
    });
  }
  const { command } = entry;
  // What follows `--` is another program's.
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (!own.includes('--help')) return await command.run(rest, context);
  context.output.write(command.help);
  return EXIT.done;
}
