import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { withSession } from '../session.js';

const help = `wheelhouse lock [OPTION]... PROJECT

Resolves the requirements of a project of the Nx workspace and writes its locks. Locked versions are kept if they still
fit. Required projects of the workspace that have no locks yet are locked, too.

  --upgrade[=NAME]  upgrade everything to the newest version, or this distribution; repeatable
  --adopt           use the versions of uv.lock or pylock.toml, as the first run does if there is one
  --retry-failed    retry builds that failed before and have not changed since
  --verbose         show the output of builds while they run
  --json            print events as JSON, one object per line
  --directory DIR   act as if started in DIR
  --help            show this
`;

/** `wheelhouse lock` */
export const lock: Command = {
  summary: 'resolve the requirements of a project and write its locks',
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
