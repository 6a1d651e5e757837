import { verifyOutputs } from '@wheelhouse/python';
import { onlyTarget, parseArguments, type Command } from '../command.js';
import { withSession } from '../session.js';
import { EXIT } from '../../failure.js';

const help = `wheelhouse verify [OPTION]... PROJECT

Computes everything that manifest.json and record.json of a project say anew, from the files themselves, and compares.

  --directory DIR  act as if started in DIR
  --help           show this

Ends with 0 when all is as it is written, 1 when something is not.
`;

/** `wheelhouse verify` */
export const verify: Command = {
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('verify', {
      args: [...argv],
      options: { directory: { type: 'string' } },
      allowPositionals: true,
    });
    const target = onlyTarget('verify', positionals, 'project');
    return await withSession(context, values, async (session) => {
      const { findings, checked } = await verifyOutputs(await session.operation(target));
      for (const { file, member, recorded, computed } of findings) {
        context.output.write(`${file}: \`${member}\` is recorded as \`${recorded}\`, and is \`${computed}\`\n`);
      }
      context.output.write(`${checked} checked, ${findings.length} wrong\n`);
      return findings.length === 0 ? EXIT.done : EXIT.userError;
    });
  },
};
