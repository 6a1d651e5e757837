import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { METADATA_FILES, projectFiles } from '@wheelhouse/python/internal';
import { findPackages, NO_PACKAGES } from './find-packages.js';
import { namesDistribution } from './read-project.js';
import type { Changes } from '../merge/changes.js';

/**
 * The directory of the project that is at `root`, or one directory below it, as in repositories that keep setup.py in
 * `src`: where the files of `root` itself name no distribution and hold no package, and those of one directory in it
 * do.
 *
 * @param root relative to the workspace
 * @throws ElementError PLACE if several directories below have metadata
 */
export async function projectAtOrBelow(changes: Changes, root: string): Promise<string> {
  const { tree } = changes;
  const all = await projectFiles(join(tree.root, root));
  const files = all.filter((file) => tree.exists(posix.join(root, file)));
  const namesIn = (directory: string): boolean => {
    const own = files.filter((file) => posix.dirname(file) === directory).map((file) => posix.basename(file));
    return namesDistribution(own, (file) => tree.read(posix.join(root, directory, file), 'utf8') ?? '');
  };
  if (namesIn('.')) return root;
  const below = [
    ...new Set(
      files
        .filter((file) => METADATA_FILES.includes(posix.basename(file)) && file.split('/').length === 2)
        .map((file) => posix.dirname(file)),
    ),
  ]
    .filter((directory) => !NO_PACKAGES.has(directory) && namesIn(directory))
    .sort();
  const rest = findPackages(files.filter((file) => !below.some((directory) => file.startsWith(`${directory}/`))));
  const [only] = below;
  if (only === undefined || rest.packages.length + rest.modules.length > 0) return root;
  if (below.length > 1) {
    const listed = below.map((directory) => `\`${posix.join(root, directory)}\``).join(', ');
    throw new ElementError({
      code: 'PLACE',
      message: `\`${root}\` is not a project, but has projects below it, in ${listed}`,
      hint: 'choose one of them with `--directory`',
    });
  }
  const found = posix.join(root, only);
  changes.note(`The project of \`${root}\` is in \`${found}\`, which has its metadata: its build stage is there, too.`);
  return found;
}
