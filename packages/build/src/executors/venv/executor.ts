import type { ExecutorContext } from '@nx/devkit';
import { makeVenv } from '@wheelhouse/python-stage/venv';
import type { VenvExecutorSchema } from './schema.js';
import schema from './schema.json';
import { executorOptions } from '../../workspace/executor-options.js';
import { runTask } from '../project-task.js';
import { tellVenv } from '../../venv-summary.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';

/** Makes the development environment of a project. */
export default async function venv(
  options: VenvExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const { path, pip } = executorOptions(schema, options);
    const { venv } = await makeVenv(operation, { path, pip });
    if (venv === undefined) return false;
    say(await interpreterLine(operation));
    tellVenv(venv, context.root, say);
    return true;
  });
}
