import { relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { makeImage } from '@wheelhouse/python-stage/internal';
import type { ReleaseImageExecutorSchema } from './schema.js';
import schema from './schema.json';
import { executorOptions } from '../../workspace/executor-options.js';
import { runTask } from '../project-task.js';

/** Makes the release image of a project. */
export default async function releaseImageTask(
  options: ReleaseImageExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const { made } = await makeImage(operation, executorOptions(schema, options), say);
    if (made === undefined) return false;
    say(`image: ${relative(context.root, made.directory)}`);
    say(`digest: ${made.manifestDigest}`);
    say(`id: ${made.id}, named ${made.tag}`);
    return true;
  });
}
