import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import { makeVenv, type VenvOptions } from '@wheelhouse/python-stage/venv';
import type { Command } from '../command.js';
import { withSession } from '../session.js';
import { tellVenv } from '../../venv-summary.js';
import schema from '../../executors/venv/schema.json';
import { targetOptions } from '../../workspace/declared-options.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';

const help = `wheelhouse venv [OPTION]... PROJECT

Creates the development environment of a project: the contents of its test lock, and the project with its local dependencies
installed as editable. Options that are not given here are taken from nx.json and project.json.

  --path DIR          its directory, absolute or relative to the project (default: .venv)
  --pip               install pip in addition to the lock
  --retry-failed      retry builds that failed before and have not changed since
  --verify-toolchain  read every file of the toolchain instead of trusting the package database
  --verbose           show the output of builds while they run
  --directory DIR     act as if started in DIR
  --help              show this

Exits with 0 if the environment is up to date, 1 on a user error, and 2 if a build failed.
`;

/** `wheelhouse venv` */
export const venv: Command = {
  summary: 'create the development environment of a project',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse venv', {
      args: [...argv],
      options: {
        path: { type: 'string' },
        pip: { type: 'boolean' },
        'retry-failed': { type: 'boolean' },
        'verify-toolchain': { type: 'boolean' },
        verbose: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse venv', positionals, 'project');
    const options = {
      ...values,
      retryFailed: values['retry-failed'],
      verifyToolchain: values['verify-toolchain'],
    };
    return await withSession(context, options, async (session) => {
      const operation = await session.operation(target);
      const declared: VenvOptions = await targetOptions(operation, 'venv', schema);
      const { venv: made } = await makeVenv(operation, {
        path: values.path ?? declared.path,
        pip: values.pip ?? declared.pip,
      });
      if (made !== undefined) {
        context.output.write(`${await interpreterLine(operation)}\n`);
        tellVenv(made, operation.workspace.directory, (line) => {
          context.output.write(`${line}\n`);
        });
      }
      session.reporter.finish();
      return made === undefined ? EXIT.failed : EXIT.done;
    });
  },
};
