import type { ExecutorContext } from '@nx/devkit';
import { fetchSnapshot, fetchTargetSnapshot } from '@wheelhouse/python';
import type { SnapshotExecutorSchema } from './schema.js';
import { runTask } from '../project-task.js';

/** Fetches the snapshot of a project. */
export default async function snapshot(
  { python, platform, abi, ...options }: SnapshotExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const isForOther = python !== undefined || platform !== undefined || abi !== undefined;
    const { fileCount, digest } = isForOther
      ? await fetchTargetSnapshot(operation, { python, platforms: platform, abi })
      : await fetchSnapshot(operation);
    say(`snapshot of ${fileCount} files: ${digest}`);
    return true;
  });
}
