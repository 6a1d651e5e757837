import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { addStage } from '../../stage/add-stage.js';
import type { BuildStageGeneratorSchema } from './schema.js';
import { shown } from '../../errors.js';
import { Changes } from '../../merge/changes.js';
import { reportText } from '../../merge/report.js';
import { findRoot } from '../../project/find-root.js';
import { projectAtOrBelow } from '../../project/nested-project.js';
import { readProject } from '../../project/read-project.js';
import { pythonOption } from '../../python/version-option.js';

/**
 * Gives a build stage to a project that already exists. Run again, it changes nothing.
 *
 * @returns what installs packages and makes the locks
 */
export default async function buildStage(tree: Tree, options: BuildStageGeneratorSchema): Promise<GeneratorCallback> {
  const { env: environment } = process;
  try {
    const changes = new Changes(tree);
    const root = await projectAtOrBelow(changes, await findRoot(tree, options, environment));
    const project = await readProject(tree, {
      root,
      name: options.name,
      python: pythonOption(options.python),
      environment,
    });
    const finish = await addStage(changes, project, options, environment);
    const report = reportText(changes);
    if (report !== '') logger.info(report);
    return finish;
  } catch (error) {
    throw shown(error);
  }
}
