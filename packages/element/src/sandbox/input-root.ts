import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { openTree, writeTree } from '../cas/tree.js';
import type { Action } from '../plugin/ports.js';
import { SANDBOX_FILES } from './contract.js';
import { guestPath, isWithin } from './guest-path.js';
import { addMountPoints, type MountPoint } from './mount-point.js';

/**
 * The root of an action as commands find it: with the directories that they may write, those that the sandbox mounts
 * something on, the one where the first command starts, and the files that name services need. It is REAPI's input root;
 * parts of this machine are not in it.
 *
 * @returns the root's digest; its `Directory` messages are in `blobs`
 * @throws ElementError STAGING if the root has something else there
 */
export async function inputRoot(blobs: BlobStore, action: Action): Promise<Digest> {
  const tree = await openTree(blobs, action.root);
  const writable = action.writable === 'all' ? ['/'] : action.writable.map(guestPath);
  const start = action.steps.slice(0, 1).map(({ cwd }) => guestPath(cwd));
  const mounted = ['/proc', '/dev', '/tmp', ...action.tmpfs.map(guestPath)];
  const directories = [
    ...mounted,
    ...writable,
    ...start.filter((path) => writable.some((directory) => isWithin(path, directory))),
  ];
  // What is below a mount is created by the code that mounts it.
  const points: MountPoint[] = directories
    .filter((path) => !mounted.some((other) => path !== other && isWithin(path, other)))
    .map((path) => ({ path: path.slice(1), entry: { type: 'directory' }, purpose: 'a directory of the sandbox' }));
  for (const [path, content] of Object.entries(SANDBOX_FILES)) {
    // In a writable part short of the whole root, the files would be taken for something that commands left.
    if (writable.some((directory) => directory !== '/' && isWithin(path, directory))) continue;
    points.push({ path: path.slice(1), entry: { type: 'file', content, optional: true }, purpose: '' });
  }
  await addMountPoints(blobs, tree, points);
  return await writeTree(blobs, tree);
}
