import { relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { buildWheel } from '@wheelhouse/python';
import type { BuildWheelExecutorSchema } from './schema.js';
import { runTask } from '../project-task.js';

/** Builds the wheel and the wheelhouse of a project. */
export default async function buildWheelTask(
  options: BuildWheelExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const { made } = await buildWheel(operation);
    if (made === undefined) return false;
    say(`wheel: ${relative(context.root, made.wheel)}`);
    say(`wheelhouse: ${relative(context.root, made.wheelhouse)}`);
    return true;
  });
}
