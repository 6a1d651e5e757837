import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { fetchSnapshot } from '@wheelhouse/python';
import type { SnapshotExecutorSchema } from './schema.js';
import { runBatch, type BatchedResult } from '../project-batch.js';
import { runTask, type TaskWork } from '../project-task.js';

/** Fetches the snapshot of a project. */
export default async function snapshot(
  options: SnapshotExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, work);
}

/** The same for the projects of a batch. */
export function snapshotBatch(
  graph: TaskGraph,
  options: Readonly<Record<string, SnapshotExecutorSchema>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchedResult> {
  return runBatch(graph, options, { context, work: () => work });
}

const work: TaskWork = async (operation, say) => {
  const { fileCount, digest } = await fetchSnapshot(operation);
  say(`snapshot of ${fileCount} files: ${digest}`);
  return true;
};
