import type { ExecutorContext } from '@nx/devkit';
import type { PublishExecutorSchema } from './schema.js';
import { publishProject } from '../../publication.js';
import schema from './schema.json';
import { executorOptions } from '../../workspace/executor-options.js';
import { runTask } from '../project-task.js';

/** Publishes the distributions of a project. */
export default async function publish(
  options: PublishExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, {}, async (operation, say) => {
    await publishProject(operation, executorOptions(schema, options), say);
    return true;
  });
}
