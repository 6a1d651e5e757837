import { relative } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { buildWheel } from '@wheelhouse/python';
import type { BuildWheelExecutorSchema } from './schema.js';
import { runBatch, type BatchedResult } from '../project-batch.js';
import { runTask, type TaskWork } from '../project-task.js';

/** Builds the wheel and the wheelhouse of a project. */
export default async function buildWheelTask(
  options: BuildWheelExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, work);
}

/** The same for the projects of a batch. */
export function buildWheelBatch(
  graph: TaskGraph,
  options: Readonly<Record<string, BuildWheelExecutorSchema>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchedResult> {
  return runBatch(graph, options, { context, work: () => work });
}

const work: TaskWork = async (operation, say) => {
  const { made } = await buildWheel(operation);
  if (made === undefined) return false;
  const { directory } = operation.workspace;
  say(`wheel: ${relative(directory, made.wheel)}`);
  say(`wheelhouse: ${relative(directory, made.wheelhouse)}`);
  return true;
};
