import type { ExecutorContext } from '@nx/devkit';
import { makeLocks } from '@wheelhouse/python/lock';
import type { LockExecutorSchema } from './schema.js';
import { runTask } from '../project-task.js';

/** Writes the locks of a project. */
export default async function lock(
  options: LockExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const { resolve } = operation.project.ref;
    const members = operation.workspace.group(operation.project).map(({ ref }) => ref.name);
    if (resolve !== undefined) say(`the resolve ${resolve} is locked as one: ${members.join(', ')}`);
    const { written, removed } = await makeLocks(operation, {
      ...upgradeOf(options),
      onWait: () => {
        say('waiting for another run that makes the same locks');
      },
    });
    for (const file of written) say(`wrote ${file}`);
    for (const file of removed) say(`removed ${file}`);
    if (written.length + removed.length === 0) say('the locks are up to date');
    return true;
  });
}

function upgradeOf({ upgrade }: LockExecutorSchema): { upgrade?: 'all' | readonly string[] } {
  if (upgrade === undefined || upgrade === false) return {};
  return { upgrade: upgrade === true ? 'all' : upgrade };
}
