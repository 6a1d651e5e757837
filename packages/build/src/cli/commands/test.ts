import { EXIT, onlyTarget, parseArguments, usage } from '@wheelhouse/element/program';
import {
  runTests,
  TEST_RUNNERS,
  type Operation,
  type TestOptions,
  type TestRunner,
} from '@wheelhouse/python-stage/internal';
import type { Command } from '../command.js';
import { withSession } from '../session.js';
import { refuseSnapshots, tellTests } from '../../test-summary.js';
import schema from '../../executors/test/schema.json';
import { targetOptions } from '../../workspace/declared-options.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';

const help = `wheelhouse test [OPTION]... PROJECT [-- ARGUMENT...]

Tests the built wheel of a project in a sandbox. Options that are not given here are taken from nx.json and project.json.
ARGUMENTs are passed to the runner; a run with arguments is partial and writes no record.

  --runner NAME       pytest, unittest or command
  --command TEXT      the command of the runner \`command\`
  --service NAME      a service of the project's compose file for the tests; repeatable
  --compose-file FILE the compose file, relative to the project
  --update-snapshots  let the tests write snapshot files, and copy them back into the project
  --update-snapshots-args TEXT
                      the arguments that make the runner write snapshot files, if the test lock does not tell
  --watch             test again after each change of a file that the project is built or tested from, until it is
                      ended
  --retry-failed      retry builds that failed before and have not changed since
  --verify-toolchain  read every file of the toolchain instead of trusting the package database
  --verbose           show the output of builds while they run
  --directory DIR     act as if started in DIR
  --help              show this

Exits with 0 if all tests passed, 1 on a user error, and 2 if a test or a build failed.
`;

/** `wheelhouse test` */
export const test: Command = {
  summary: 'test the built wheel of a project',
  help,
  run: async (argv, context) => {
    const at = argv.indexOf('--');
    const [own, words] = at < 0 ? [argv, []] : [argv.slice(0, at), argv.slice(at + 1)];
    const { values, positionals } = parseArguments('wheelhouse test', {
      args: [...own],
      options: {
        runner: { type: 'string' },
        command: { type: 'string' },
        service: { type: 'string', multiple: true },
        'compose-file': { type: 'string' },
        'update-snapshots': { type: 'boolean' },
        'update-snapshots-args': { type: 'string' },
        watch: { type: 'boolean' },
        'retry-failed': { type: 'boolean' },
        'verify-toolchain': { type: 'boolean' },
        verbose: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse test', positionals, 'project');
    const given: TestOptions = {
      ...(values.runner === undefined ? {} : { runner: runnerOf(values.runner) }),
      ...(values.command === undefined ? {} : { command: values.command }),
      ...(values.service === undefined ? {} : { services: values.service }),
      ...(values['compose-file'] === undefined ? {} : { composeFile: values['compose-file'] }),
      ...(values['update-snapshots'] === true ? { updateSnapshots: true } : {}),
      ...(values['update-snapshots-args'] === undefined
        ? {}
        : { updateSnapshotsArgs: values['update-snapshots-args'] }),
      ...(words.length === 0 ? {} : { args: words }),
    };
    const options = {
      ...values,
      retryFailed: values['retry-failed'],
      verifyToolchain: values['verify-toolchain'],
    };
    return await withSession(context, options, async (session) => {
      const test = async (operation: Operation, say: (line: string) => void): Promise<boolean> => {
        const { runner, command, ...declared }: TestOptions = await targetOptions(operation, 'test', schema);
        // If one of the two is passed, neither of the declared ones applies.
        const how = given.runner === undefined && given.command === undefined ? { runner, command } : {};
        const tests = { ...declared, ...how, ...given };
        if (values.watch === true) refuseSnapshots(tests, target);
        const result = await runTests(operation, tests, say);
        if (result.report !== undefined) say(await interpreterLine(operation));
        tellTests(result, { workspace: operation.workspace.directory, project: operation.project.ref.root, say });
        return !result.failed;
      };
      const operation = await session.operation(target);
      if (values.watch === true) {
        const { watchTests } = await import('../../watch/watch-tests.js');
        return await watchTests({
          engine: session.engine,
          directory: operation.workspace.directory,
          output: context.output,
          verbose: values.verbose,
          projectOf: (workspace) => workspace.project(target),
          test,
        });
      }
      const passed = await test(operation, (line) => context.output.write(`${line}\n`));
      session.reporter.finish();
      return passed ? EXIT.done : EXIT.failed;
    });
  },
};

function runnerOf(value: string): TestRunner {
  const runner = TEST_RUNNERS.find((known) => known === value);
  if (runner !== undefined) return runner;
  throw usage('wheelhouse test', `unknown runner \`${value}\``);
}
