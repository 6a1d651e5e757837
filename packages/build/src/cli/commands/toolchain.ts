import { toolchainIdentity } from '@wheelhouse/python';
import { onlyTarget, parseArguments, type Command } from '../command.js';
import { withSession } from '../session.js';
import { EXIT } from '../../failure.js';
import { taskDigest } from '../../task-digest.js';

const help = `wheelhouse toolchain [OPTION]... PROJECT

Prints a digest of what a project is built with and Nx does not see: the interpreter and its toolchain, this plugin, the
plugin's options, and the modes of the project's files. It is an input of the project's targets.

  --directory DIR  act as if started in DIR
  --help           show this
`;

/** `wheelhouse toolchain` */
export const toolchain: Command = {
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('toolchain', {
      args: [...argv],
      options: { directory: { type: 'string' } },
      allowPositionals: true,
    });
    const target = onlyTarget('toolchain', positionals, 'project');
    return await withSession(context, values, async (session) => {
      const operation = await session.operation(target);
      const digest = await taskDigest(operation, await toolchainIdentity(operation));
      context.output.write(`${digest}\n`);
      return EXIT.done;
    });
  },
};
