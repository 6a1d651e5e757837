import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { buildWheel } from '@wheelhouse/python-stage/internal';
import type { BuildWheelExecutorSchema } from './schema.js';
import schema from './schema.json';
import { executorOptions } from '../../workspace/executor-options.js';
import { runBatch, type BatchedResult } from '../project-batch.js';
import { runTask, type TaskWork } from '../project-task.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';
import { wheelLines } from '../../reporter/wheel-lines.js';

/** Builds the wheel and the wheelhouse of a project. */
export default async function buildWheelTask(
  options: BuildWheelExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, workWith(options));
}

/** The same for the projects of a batch. */
export function buildWheelBatch(
  graph: TaskGraph,
  options: Readonly<Record<string, BuildWheelExecutorSchema>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchedResult> {
  return runBatch(graph, options, { context, work: workWith });
}

function workWith(options: BuildWheelExecutorSchema): TaskWork {
  return async (operation, say) => {
    const result = await buildWheel(operation, executorOptions(schema, options));
    if (result.made !== undefined) say(await interpreterLine(operation));
    for (const line of wheelLines(result, operation.workspace.directory)) say(line);
    return result.made !== undefined;
  };
}
