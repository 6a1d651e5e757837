import { FileCapture, type CaptureFailure } from '../cas/file-capture.js';
import { TreeBuilder } from '../cas/tree-builder.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { posix } from 'node:path';
import type { PackagePath } from './package-database.js';
import { isForAll, type RootPaths } from './root-paths.js';
import { isSystemPath } from './system-paths.js';

/**
 * Keeps what is installed of a package as a tree. Paths that the database lists are left out if they do not exist, if
 * they are documentation (see {@link isSystemPath}), and if not every user can read them, so that all users get one tree.
 *
 * A path is kept by its real directories (`/usr/lib/x` for `/lib/x` if `/lib` leads to `usr/lib`), and the links that led
 * there are kept, too.
 *
 * @param paths of which directories that not every user can read are not looked into
 * @throws what `failure` makes where a file cannot be read, or changes meanwhile
 */
export async function capturePackage(
  listed: readonly PackagePath[],
  { paths, blobs, failure }: { readonly paths: RootPaths; readonly blobs: BlobStore; readonly failure: CaptureFailure },
): Promise<Digest> {
  const tree = new TreeBuilder();
  const files = new FileCapture(blobs, failure);
  for (const { path, onDisk = path } of listed) {
    if (!isSystemPath(path)) continue;
    const [place, found] = [paths.real(path), paths.real(onDisk)];
    const stats = found === undefined ? undefined : paths.stats(found.path);
    if (place === undefined || found === undefined || stats === undefined) continue;
    const absolute = paths.absolute(found.path);
    if (stats.isSymbolicLink()) tree.symlink(place.path, files.target(path, absolute));
    else if (!isForAll(stats)) continue;
    else if (stats.isDirectory()) tree.directory(place.path);
    else if (stats.isFile()) tree.file(place.path, await files.file(posix.basename(place.path), path, absolute));
    else continue;
    for (const [link, target] of place.links) tree.symlink(link, target);
  }
  await files.flush();
  return await tree.write(blobs);
}
