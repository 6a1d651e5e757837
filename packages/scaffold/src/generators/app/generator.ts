import type { GeneratorCallback, Tree } from '@nx/devkit';
import type { AppGeneratorSchema } from './schema.js';
import { makeProject } from '../../new-project/make-project.js';

/** Makes an application, with its tests and its build stage. @returns what installs packages and makes the locks */
export default async function app(tree: Tree, options: AppGeneratorSchema): Promise<GeneratorCallback> {
  return await makeProject(tree, options, 'apps');
}
