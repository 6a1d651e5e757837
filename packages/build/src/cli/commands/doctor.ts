import { EXIT, parseArguments } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { withSession } from '../session.js';

const help = `wheelhouse doctor [OPTION]...

Checks everything that builds need on this machine, and says what is missing and how to get it.

  --directory DIR  act as if started in DIR
  --help           show this

Exits with 0 if nothing is missing, and 1 otherwise. What is needed only sometimes is marked with \`note\`.
`;

/** `wheelhouse doctor` */
export const doctor: Command = {
  summary: 'check everything that builds need on this machine',
  help,
  run: async (argv, context) => {
    const { values } = parseArguments('wheelhouse doctor', {
      args: [...argv],
      options: { directory: { type: 'string' } },
      allowPositionals: false,
    });
    return await withSession(context, values, async (session) => {
      const { examine } = await import('../../doctor/examination.js');
      let missing = 0;
      for await (const { name, finding } of examine(session)) {
        if (finding.state === 'missing') missing += 1;
        const hint = finding.hint === undefined ? '' : `\n${' '.repeat(8)}${' '.repeat(NAME)} hint: ${finding.hint}`;
        context.output.write(`${finding.state.padEnd(8)}${name.padEnd(NAME)} ${finding.text}${hint}\n`);
      }
      context.output.write(missing === 0 ? 'nothing is missing\n' : `${missing} missing\n`);
      return missing === 0 ? EXIT.done : EXIT.userError;
    });
  },
};

/** The width of the column of names. */
const NAME = 18;
