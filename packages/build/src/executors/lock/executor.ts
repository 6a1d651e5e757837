import type { ExecutorContext } from '@nx/devkit';
import type { LockExecutorSchema } from './schema.js';
import { runLock } from '../../lock-run.js';
import schema from './schema.json';
import { executorOptions, type Written } from '../../workspace/executor-options.js';
import { runTask } from '../project-task.js';

/** Writes the locks of a project. */
export default async function lock(
  options: LockExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const checked = executorOptions(schema, options);
    await runLock(operation, { ...upgradeOf(checked), adopt: checked.adopt }, say);
    return true;
  });
}

function upgradeOf({ upgrade }: Written<LockExecutorSchema>): { upgrade?: 'all' | readonly string[] } {
  if (upgrade === undefined || upgrade === false) return {};
  if (upgrade === true) return { upgrade: 'all' };
  return { upgrade: typeof upgrade === 'string' ? upgrade.split(',') : upgrade };
}
