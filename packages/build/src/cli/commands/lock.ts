import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { withSession } from '../session.js';

const help = `wheelhouse lock [OPTION]... PROJECT

Resolves what a project of the Nx workspace requires and writes its locks. Versions are kept where they still fit.
Projects of the workspace that it requires and that have no locks yet are locked, too.

  --upgrade[=NAME]  take the newest version of everything, or of this distribution; may be given several times
  --adopt           take the versions of uv.lock or pylock.toml, as the first run does where there is one
  --retry-failed    try again what failed before and has not changed since
  --verbose         show the output of builds while they run
  --json            tell what happens as JSON, one object a line
  --directory DIR   act as if started in DIR
  --help            show this
`;

/** `wheelhouse lock` */
export const lock: Command = {
  summary: 'resolve what a project requires and write its locks',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse lock', {
      // A value of this option is attached to it: what follows it is the project.
      args: argv.map((argument) => argument.replace(/^--upgrade=/, `${NAMED}=`)),
      options: {
        upgrade: { type: 'boolean' },
        'upgrade-name': { type: 'string', multiple: true },
        adopt: { type: 'boolean' },
        'retry-failed': { type: 'boolean' },
        verbose: { type: 'boolean' },
        json: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse lock', positionals, 'project');
    const names = values['upgrade-name'];
    const upgrade = values.upgrade === true ? ('all' as const) : names;
    const options = { ...values, retryFailed: values['retry-failed'] };
    return await withSession(context, options, async (session) => {
      const { runLock } = await import('../../lock-run.js');
      const chosen = { ...(upgrade === undefined ? {} : { upgrade }), adopt: values.adopt };
      await runLock(await session.operation(target), chosen, (line) => {
        if (values.json !== true) context.output.write(`${line}\n`);
      });
      session.reporter.finish();
      return EXIT.done;
    });
  },
};

const NAMED = '--upgrade-name';
