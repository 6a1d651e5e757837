import type { ExecutorContext } from '@nx/devkit';
import { runTests } from '@wheelhouse/python-stage/internal';
import type { TestExecutorSchema } from './schema.js';
import schema from './schema.json';
import { executorOptions } from '../../workspace/executor-options.js';
import { forwardedWords } from '../forwarded-words.js';
import { runTask } from '../project-task.js';
import { tellTests } from '../../test-summary.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';

/** The options of the schema that take a value. */
const VALUES = ['runner', 'command', 'args', 'updateSnapshotsArgs', 'services', 'composeFile'];
const FLAGS = ['updateSnapshots', 'verbose', 'retryFailed', 'verifyToolchain'];

/** Tests the wheel of a project. */
export default async function test(given: TestExecutorSchema, context: ExecutorContext): Promise<{ success: boolean }> {
  return await runTask(context, given, async (operation, say) => {
    const options = executorOptions(schema, given, { passesOn: true });
    const { runner, command, updateSnapshots, updateSnapshotsArgs, services, composeFile } = options;
    const words = forwardedWords(options, { flags: FLAGS, values: VALUES });
    const result = await runTests(
      operation,
      {
        runner,
        command,
        updateSnapshots,
        updateSnapshotsArgs,
        services,
        composeFile,
        args: words.length > 0 ? words : options.args,
      },
      say,
    );
    if (result.report !== undefined) say(await interpreterLine(operation));
    tellTests(result, { workspace: context.root, project: operation.project.ref.root, say });
    return !result.failed;
  });
}
