import type { ExecutorContext } from '@nx/devkit';
import { runTests, type Operation, type TestOptions } from '@wheelhouse/python-stage/internal';
import type { TestExecutorSchema } from './schema.js';
import schema from './schema.json';
import { executorOptions } from '../../workspace/executor-options.js';
import { forwardedWords } from '../forwarded-words.js';
import { projectOfTask, runTask } from '../project-task.js';
import { refuseSnapshots, tellTests } from '../../test-summary.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';

/** The options of the schema that take a value. */
const VALUES = ['runner', 'command', 'args', 'updateSnapshotsArgs', 'services', 'composeFile'];
const FLAGS = ['updateSnapshots', 'watch', 'verbose', 'retryFailed', 'verifyToolchain'];

/** Tests the wheel of a project. */
export default async function test(given: TestExecutorSchema, context: ExecutorContext): Promise<{ success: boolean }> {
  return await runTask(context, given, async (operation, say) => {
    const options = executorOptions(schema, given, { passesOn: true });
    const { runner, command, updateSnapshots, updateSnapshotsArgs, services, composeFile } = options;
    const words = forwardedWords(options, { flags: FLAGS, values: VALUES });
    const args = words.length > 0 ? words : options.args;
    const tests = { runner, command, updateSnapshots, updateSnapshotsArgs, services, composeFile, args };
    if (options.watch !== true) return await runOnce(operation, tests, { context, say });
    refuseSnapshots(tests, operation.project.ref.name);
    const { watchTests } = await import('../../watch/watch-tests.js');
    return await watchTests({
      engine: operation.engine,
      directory: context.root,
      output: process.stdout,
      verbose: options.verbose,
      projectOf: (workspace) => projectOfTask(context, workspace),
      test: async (each, tell) => await runOnce(each, tests, { context, say: tell }),
    });
  });
}

async function runOnce(
  operation: Operation,
  options: TestOptions,
  { context, say }: { readonly context: ExecutorContext; readonly say: (line: string) => void },
): Promise<boolean> {
  const result = await runTests(operation, options, say);
  if (result.report !== undefined) say(await interpreterLine(operation));
  tellTests(result, { workspace: context.root, project: operation.project.ref.root, say });
  return !result.failed;
}
