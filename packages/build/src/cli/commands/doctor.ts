import { EXIT, parseArguments } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { withSession } from '../session.js';

const help = `wheelhouse doctor [OPTION]...

Tries everything that building needs of this machine, and says what is missing and how to get it.

  --directory DIR  act as if started in DIR
  --help           show this

Ends with 0 when nothing is missing, 1 when something is. What is only sometimes needed is marked with \`note\`.
`;

/** `wheelhouse doctor` */
export const doctor: Command = {
  summary: 'try everything that building needs of this machine',
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
