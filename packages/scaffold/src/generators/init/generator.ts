import type { GeneratorCallback, Tree } from '@nx/devkit';
import { prepareWorkspace } from '../../workspace/prepare-workspace.js';
import type { InitGeneratorSchema } from './schema.js';
import { shown } from '../../errors.js';
import { Changes } from '../../merge/changes.js';

/**
 * Sets up a workspace for Python projects. What already exists stays as it is.
 *
 * @returns what installs the packages that package.json has now
 */
export default function init(tree: Tree, options: InitGeneratorSchema): GeneratorCallback {
  try {
    return prepareWorkspace(new Changes(tree), { keepExistingVersions: options.keepExistingVersions, sync: true });
  } catch (error) {
    throw shown(error);
  }
}
