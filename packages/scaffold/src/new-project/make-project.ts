import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { newProject } from './new-project.js';
import { PACKAGINGS, type PythonProjectOptions } from './project-options.js';
import { writeProject } from './write-project.js';
import { oneOf, shown } from '../errors.js';
import { addStage } from '../stage/add-stage.js';
import { Changes } from '../merge/changes.js';
import { reportText } from '../merge/report.js';
import { DATABASES, FRAMEWORKS } from '../project/project-model.js';
import { pythonOption } from '../python/version-option.js';

/**
 * Makes a project with its tests and its build stage.
 *
 * @param home where projects of its kind usually are: `apps`
 * @returns what installs packages and makes the locks
 */
export async function makeProject(tree: Tree, options: PythonProjectOptions, home: string): Promise<GeneratorCallback> {
  const { env: environment } = process;
  try {
    const framework = oneOf('framework', options.framework ?? 'none', FRAMEWORKS);
    const packaging = oneOf('packaging', options.packaging ?? 'setup.py', PACKAGINGS);
    const usual = framework === 'django' ? 'postgres' : 'none';
    const database = oneOf('database', options.database ?? usual, DATABASES);
    const { name, directory, description } = options;
    const python = pythonOption(options.python);
    const model = await newProject(tree, {
      ...{ name, directory, description, python },
      ...{ framework, database, usualHome: home, environment },
    });
    const changes = new Changes(tree);
    const project = writeProject(changes, model, { packaging, database });
    const finish = await addStage(changes, project, { ...options, database }, environment);
    const report = reportText(changes);
    if (report !== '') logger.info(report);
    return finish;
  } catch (error) {
    throw shown(error);
  }
}
