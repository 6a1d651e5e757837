import { type Element } from '@wheelhouse/element';
import { buildScript } from '@wheelhouse/element/internal';
import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { isElementName, withSession, type CommandSession } from '../session.js';

const help = `wheelhouse script [OPTION]... ELEMENT

Prints a POSIX sh script that builds an element without Wheelhouse, in a root where its build dependencies are installed
and its sources are below the build root. For a project of the Nx workspace, it is the script of its wheel.

  --directory DIR  act as if started in DIR
  --help           show this
`;

/** `wheelhouse script` */
export const script: Command = {
  summary: 'print the shell script that builds an element',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse script', {
      args: [...argv],
      options: { directory: { type: 'string' } },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse script', positionals, 'element');
    return await withSession(context, values, async (session) => {
      context.output.write(buildScript(await elementOf(session, target)));
      return EXIT.done;
    });
  },
};

async function elementOf(session: CommandSession, target: string): Promise<Element> {
  if (isElementName(target)) return (await session.elements([target])).element(target);
  const { openPlanned } = await import('../planned-session.js');
  const { session: opened, wheel } = await openPlanned(await session.operation(target));
  return opened.element(wheel);
}
