import { lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { errnoOf, isAbsent } from '@wheelhouse/element/internal';

/** What is at a path that a document names: the file, by its absolute path, or why it is not read. */
export type OwnFile =
  | { readonly path: string; readonly refused?: undefined; readonly isAbsent?: undefined }
  /** A sentence whose subject is the path. */
  | { readonly refused: string; readonly path?: undefined; readonly isAbsent?: true };

/** What is wrong with the text of a path that has to stay in a directory. @returns a sentence whose subject is the path */
export function refusedPath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (isAbsolute(path) || path.includes('\\') || path.includes('\0')) return 'is not a relative path';
  if (path.split('/').some((part) => part === '..' || part === '.' || part === ''))
    return 'points outside its directory';
  return undefined;
}

/**
 * A file of a directory, by an untrusted path. What leads out of the directory, by its text or
 * by a link, is not read, and neither is anything but a file.
 *
 * @param directory absolute
 */
export async function ownFile(directory: string, path: string): Promise<OwnFile> {
  const refused = refusedPath(path);
  if (refused !== undefined) return { refused };
  const absolute = join(directory, path);
  try {
    const isLink = (await lstat(absolute)).isSymbolicLink();
    const [base, real] = [await realpath(directory), await realpath(absolute)];
    const within = relative(base, real);
    if (within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within)) {
      return { refused: 'is a link that points outside its directory' };
    }
    if (isLink) return { refused: 'is a link, not a file' };
    return (await stat(real)).isFile() ? { path: absolute } : { refused: 'is not a file' };
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return { refused: 'is a link that leads to itself' };
    if (!isAbsent(error)) throw error;
    const link = await lstat(absolute).catch(() => undefined);
    return link === undefined ? { refused: 'does not exist', isAbsent: true } : { refused: 'is a broken link' };
  }
}
