import {
  addDependenciesToPackageJson,
  formatFiles,
  readNxJson,
  updateNxJson,
  type GeneratorCallback,
  type Tree,
} from '@nx/devkit';
import { packageVersion } from '@wheelhouse/element/program';
import type { InitGeneratorSchema } from './schema.js';
import { addIgnored } from './gitignore.js';
import { PLUGIN } from '../../workspace/nx-json.js';

const SYNC_LOCKS = `${PLUGIN}:sync-locks`;

/** Directories that targets write to; `.venv` is one of each project. */
const OUTPUTS = ['dist', 'reports', '.venv'];

/**
 * Makes a workspace use the plugin: what `nx add @wheelhouse/build` runs. What already exists stays as it is.
 *
 * @returns what installs the packages that package.json has now
 */
export default async function init(tree: Tree, options: InitGeneratorSchema): Promise<GeneratorCallback> {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  if (!plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN)) {
    // Of all the workspace's, not of targets: `nx sync` asks indexes, and no build or test may wait for that.
    const globalGenerators = [...new Set([...(nxJson.sync?.globalGenerators ?? []), SYNC_LOCKS])];
    updateNxJson(tree, {
      ...nxJson,
      plugins: [...plugins, { plugin: PLUGIN, options: {} }],
      sync: { ...nxJson.sync, globalGenerators },
    });
  }
  const before = tree.read('.gitignore', 'utf8') ?? '';
  const after = addIgnored(before, OUTPUTS);
  if (after !== before) tree.write('.gitignore', after);
  const keep = options.keepExistingVersions ?? true;
  const install = tree.exists('package.json')
    ? addDependenciesToPackageJson(tree, {}, { [PLUGIN]: `^${packageVersion(__dirname)}` }, 'package.json', keep)
    : (): void => undefined;
  if (options.skipFormat !== true) await formatFiles(tree);
  return install;
}
