import { lstatSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { checkoutTree, isAbsent, makeDirectory } from '@wheelhouse/element/internal';

/**
 * Writes a tree into a directory, whole or not at all. With `force` it is laid over what is there: files are replaced,
 * others stay.
 *
 * @param directory absolute; made where it is absent
 * @throws ElementError CHECKOUT if it holds something, or something of another type is in the way
 */
export async function checkoutInto(
  directory: string,
  tree: Digest,
  { blobs, force }: { readonly blobs: BlobStore; readonly force: boolean },
): Promise<void> {
  const present = lstatSync(directory, { throwIfNoEntry: false });
  if (present !== undefined && !isDirectoryAt(directory)) throw notEmpty(directory, 'is not a directory');
  if (present !== undefined && !force && readdirSync(directory).length > 0) {
    throw notEmpty(directory, 'is not empty', 'choose another directory, or pass `--force` to overwrite its files');
  }
  makeDirectory(directory);
  let fresh: string | undefined;
  try {
    // In the directory itself, which may be a file system of its own.
    fresh = mkdtempSync(join(directory, '.checkout-'));
    await checkoutTree(blobs, tree, fresh);
    refuseObstacles(fresh, directory);
    moveOver(fresh, directory);
  } catch (error) {
    if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true });
    if (present === undefined) rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** @throws ElementError CHECKOUT if a directory would take the place of something else, or the other way round */
function refuseObstacles(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = join(to, entry.name);
    const present = lstatSync(target, { throwIfNoEntry: false });
    if (present === undefined) continue;
    if (entry.isDirectory() !== present.isDirectory()) {
      throw notEmpty(
        target,
        entry.isDirectory() ? 'is not a directory, but must be' : 'is a directory, but must be a file',
      );
    }
    if (entry.isDirectory()) refuseObstacles(join(from, entry.name), target);
  }
}

function moveOver(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const merges = entry.isDirectory() && lstatSync(target, { throwIfNoEntry: false }) !== undefined;
    if (merges) moveOver(source, target);
    else renameSync(source, target);
  }
  rmdirSync(from);
}

/** A link to a directory is one, too. */
function isDirectoryAt(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function notEmpty(path: string, what: string, hint = 'remove it, or choose another directory'): ElementError {
  return new ElementError({ code: 'CHECKOUT', message: `\`${path}\` ${what}`, hint });
}
