import { relative } from 'node:path';
import type { Outcome } from '@wheelhouse/element';
import { buildWheel } from '@wheelhouse/python';
import { parseArguments, usage, type Command } from '../command.js';
import { isElementName, withSession, type CommandSession } from '../session.js';
import { EXIT } from '../../failure.js';

const help = `wheelhouse build [OPTION]... TARGET...

Builds elements, and the wheels of projects. A target that ends in .bst is an element of the project in the current
directory or the nearest one above; any other target is a project of the Nx workspace. Without targets, the default
targets of the elements' project are built.

  --retry-failed      try again what failed before and has not changed since
  --verify-toolchain  read every file of the host toolchain instead of trusting the package database
  --verbose           show the output of builds while they run
  --json              tell what happens as JSON, one object a line
  --directory DIR     act as if started in DIR
  --help              show this

Ends with 0 when all is built, 1 on a mistake of the caller's, 2 when a build failed.
`;

/** `wheelhouse build` */
export const build: Command = {
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('build', {
      args: [...argv],
      options: {
        'retry-failed': { type: 'boolean' },
        'verify-toolchain': { type: 'boolean' },
        verbose: { type: 'boolean' },
        json: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    if (values.json === true && values.verbose === true)
      throw usage('build', '--json tells everything: leave out --verbose');
    const options = {
      ...values,
      retryFailed: values['retry-failed'],
      verifyToolchain: values['verify-toolchain'],
    };
    return await withSession(context, options, async (session) => {
      const say = (line: string): void => {
        if (values.json !== true) context.output.write(`${line}\n`);
      };
      const failed = await buildAll(session, positionals, say);
      session.reporter.finish();
      return failed ? EXIT.failed : EXIT.done;
    });
  },
};

/** @returns whether anything failed */
async function buildAll(
  session: CommandSession,
  targets: readonly string[],
  say: (line: string) => void,
): Promise<boolean> {
  const elements = targets.filter(isElementName);
  const outcomes: Outcome[] = [];
  if (elements.length > 0 || targets.length === 0) {
    outcomes.push(...(await (await session.elements(elements)).build()));
  }
  for (const target of targets.filter((each) => !isElementName(each))) {
    const operation = await session.operation(target);
    const result = await buildWheel(operation);
    outcomes.push(...result.outcomes);
    if (result.made === undefined) continue;
    say(`wheel: ${relative(operation.workspace.directory, result.made.wheel)}`);
    say(`wheelhouse: ${relative(operation.workspace.directory, result.made.wheelhouse)}`);
  }
  return outcomes.some(({ status }) => status === 'failed' || status === 'skipped');
}
