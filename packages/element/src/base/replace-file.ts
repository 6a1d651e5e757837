import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { namingPath, systemFault } from './system-error.js';
import { makeDirectory } from './make-directory.js';

/** A path in the directory of `path` that no one else uses: processes in other containers can have the same number. */
export function pathBeside(path: string): string {
  return `${path}.${randomBytes(9).toString('base64url')}`;
}

/**
 * Gives a file new content, whole or not at all: a reader at the same time, in this process or another, gets the old
 * content or the new. Of several writers the last one wins. Its directory is made where it is absent.
 *
 * @param mode permission bits of the file; by default those that the umask leaves of 0666
 */
export function replaceFile(path: string, content: string | Uint8Array, mode?: number): void {
  makeDirectory(dirname(path));
  const fresh = pathBeside(path);
  try {
    namingPath(path, () => {
      writeFileSync(fresh, content, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
    });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** {@link replaceFile} for what only saves time the next time: if the machine does not let it be kept, it is not. */
export function replaceMemo(path: string, content: string): void {
  try {
    replaceFile(path, content);
  } catch (error) {
    if (systemFault(error) === undefined) throw error;
  }
}
