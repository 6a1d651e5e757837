import type { ExecutorContext } from '@nx/devkit';
import { fetchSnapshot } from '@wheelhouse/python';
import type { SnapshotExecutorSchema } from './schema.js';
import { runTask } from '../project-task.js';

/** Fetches the snapshot of a project. */
export default async function snapshot(
  options: SnapshotExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const { fileCount, digest } = await fetchSnapshot(operation);
    say(`snapshot of ${fileCount} files: ${digest}`);
    return true;
  });
}
