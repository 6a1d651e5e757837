import { addDependenciesToPackageJson, type GeneratorCallback } from '@nx/devkit';
import { packageVersion } from '@wheelhouse/element/program';
import { BUILD_PLUGIN, pluginEntries } from './plugin-entries.js';
import type { Changes } from '../merge/changes.js';
import { addIgnored } from '../merge/ignore-lines.js';
import { JsonFile } from '../merge/json-file.js';

const OWN = '@wheelhouse/scaffold';

/** Directories that targets write to; `.venv` is one of each project. */
const OUTPUTS = ['dist', 'reports', '.venv'];

/** How a workspace is prepared. */
export interface PrepareOptions {
  /** Leaves versions in package.json as they are. Default: true. */
  readonly keepExistingVersions?: boolean | undefined;
  /** Registers the sync generators of this package in a workspace that uses the plugin already, too. */
  readonly sync?: boolean;
}

/**
 * Makes a workspace use `@wheelhouse/build`. What already exists stays as it is.
 *
 * @returns what installs the packages that package.json has now
 * @throws ElementError UNREADABLE
 */
export function prepareWorkspace(changes: Changes, options: PrepareOptions = {}): GeneratorCallback {
  const { tree } = changes;
  const { keepExistingVersions = true, sync = false } = options;
  const nxJson = JsonFile.parse(tree.read('nx.json', 'utf8') ?? '{}\n', 'nx.json');
  const isNew = !pluginEntries(nxJson).some(({ name }) => name === BUILD_PLUGIN);
  if (isNew) {
    nxJson.append(['plugins'], { plugin: BUILD_PLUGIN, options: {} });
    addSync(nxJson, `${BUILD_PLUGIN}:sync-locks`);
  }
  // If the user removed it, the next project does not add it again.
  if (isNew || sync) for (const name of ['sync-manifests', 'sync-setup']) addSync(nxJson, `${OWN}:${name}`);
  changes.edit('nx.json', nxJson.text);
  changes.edit('.gitignore', addIgnored(tree.read('.gitignore', 'utf8') ?? '', OUTPUTS));
  if (!tree.exists('package.json')) return () => undefined;
  const version = `^${packageVersion(__dirname)}`;
  const packages = { [BUILD_PLUGIN]: version, [OWN]: version };
  return addDependenciesToPackageJson(tree, {}, packages, 'package.json', keepExistingVersions);
}

/** Of all the workspace's, not of targets: `nx sync` asks indexes, and no build or test may wait for that. */
function addSync(nxJson: JsonFile, generator: string): void {
  const path = ['sync', 'globalGenerators'];
  const present = nxJson.get(path);
  if (!Array.isArray(present) || !present.includes(generator)) nxJson.append(path, generator);
}
