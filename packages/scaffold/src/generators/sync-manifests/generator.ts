import { join, posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { projectFiles } from '@wheelhouse/python/internal';
import type { SyncManifestsGeneratorSchema } from './schema.js';
import { shown } from '../../errors.js';
import { completeManifest } from '../../metadata/complete-manifest.js';
import { packageDataOf } from '../../metadata/package-data.js';
import { findPackages } from '../../project/find-packages.js';

/** What Nx tells of a workspace that is out of sync. */
export interface OutOfSync {
  readonly outOfSyncMessage: string;
  /** Lines that `nx sync:check` shows. */
  readonly outOfSyncDetails: readonly string[];
}

/**
 * A sync generator: adds lines to a MANIFEST.in that includes some files of packages, but not all of them. A project
 * without one is left unchanged: its files may be included in another way.
 *
 * @param options absent if it runs to sync the workspace; `nx generate` calls what a generator returns
 * @returns which files would be missing in wheels; nothing if none would, or nobody syncs
 */
export default async function syncManifests(
  tree: Tree,
  options?: SyncManifestsGeneratorSchema,
): Promise<OutOfSync | undefined> {
  try {
    const all = await projectFiles(tree.root);
    const details: string[] = [];
    for (const manifest of all.filter((file) => posix.basename(file) === 'MANIFEST.in').sort()) {
      const root = posix.dirname(manifest);
      const text = tree.read(manifest, 'utf8');
      if (text === null) continue;
      const files = (await projectFiles(join(tree.root, root))).filter((file) => tree.exists(posix.join(root, file)));
      const found = findPackages(files);
      const named = packageDataOf(tree.read(posix.join(root, 'setup.py'), 'utf8') ?? '', found);
      const dataFiles = found.dataFiles.filter((file) => !named.has(file));
      const completed = completeManifest(text, { ...found, dataFiles });
      if (completed === undefined) continue;
      tree.write(manifest, completed.text);
      details.push(...completed.missing.map((file) => `\`${manifest}\` does not include \`${file}\``));
    }
    if (details.length === 0 || options !== undefined) return undefined;
    return { outOfSyncMessage: 'these files would be missing from the wheels', outOfSyncDetails: details };
  } catch (error) {
    throw shown(error);
  }
}
