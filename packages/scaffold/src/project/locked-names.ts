import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { projectFiles } from '@wheelhouse/python/internal';

/**
 * The lock of the workspace that has a distribution of the index under this name, relative to the workspace. A project
 * of that name would replace it. No index is queried, so other distributions are not known.
 *
 * @param distribution normalised
 */
export async function lockThatHas(tree: Tree, distribution: string): Promise<string | undefined> {
  const entry = new RegExp(`^${distribution.replaceAll('.', '\\.')}==`, 'm');
  const locks = (await projectFiles(tree.root)).filter((file) => /(^|\/)locks\/(build\/)?[^/]+\.txt$/.test(file));
  return locks.sort().find((file) => entry.test(tree.read(posix.normalize(file), 'utf8') ?? ''));
}
