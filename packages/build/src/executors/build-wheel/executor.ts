import type { ExecutorContext } from '@nx/devkit';
import { buildWheel } from '@wheelhouse/python';
import type { BuildWheelExecutorSchema } from './schema.js';
import { runTask } from '../project-task.js';
import { wheelLines } from '../../reporter/wheel-lines.js';

/** Builds the wheel and the wheelhouse of a project. */
export default async function buildWheelTask(
  options: BuildWheelExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const result = await buildWheel(operation, options);
    for (const line of wheelLines(result, context.root)) say(line);
    return result.made !== undefined;
  });
}
