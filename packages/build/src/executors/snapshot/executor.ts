import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { fetchSnapshot, fetchTargetSnapshot } from '@wheelhouse/python-stage/internal';
import type { SnapshotExecutorSchema } from './schema.js';
import schema from './schema.json';
import { versionText } from './version-text.js';
import { executorOptions } from '../../workspace/executor-options.js';
import { runBatch, type BatchedResult } from '../project-batch.js';
import { runTask, type TaskWork } from '../project-task.js';

/** Fetches the snapshot of a project. */
export default async function snapshot(
  options: SnapshotExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, workWith(options));
}

/** The same for the projects of a batch. */
export function snapshotBatch(
  graph: TaskGraph,
  options: Readonly<Record<string, SnapshotExecutorSchema>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchedResult> {
  return runBatch(graph, options, { context, work: workWith });
}

function workWith(given: SnapshotExecutorSchema): TaskWork {
  return async (operation, say) => {
    const { python, platform, abi } = executorOptions(schema, { ...given, python: versionText(given.python) });
    const isForOther = python !== undefined || platform !== undefined || abi !== undefined;
    const { fileCount, digest } = isForOther
      ? await fetchTargetSnapshot(operation, { python, platforms: platform, abi })
      : await fetchSnapshot(operation);
    say(`snapshot of ${fileCount} files: ${digest}`);
    return true;
  };
}
