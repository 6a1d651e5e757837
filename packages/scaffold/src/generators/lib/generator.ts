import type { GeneratorCallback, Tree } from '@nx/devkit';
import type { LibGeneratorSchema } from './schema.js';
import { makeProject } from '../../new-project/make-project.js';

/** Makes a library, with its tests and its build stage. @returns what installs packages and makes the locks */
export default async function lib(tree: Tree, options: LibGeneratorSchema): Promise<GeneratorCallback> {
  return await makeProject(tree, { ...options, framework: 'none' }, 'libs');
}
