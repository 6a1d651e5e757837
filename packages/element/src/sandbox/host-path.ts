import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, isAbsent } from '../base/errno.js';
import { ElementError } from '../base/error.js';

/**
 * What is at an absolute path of this machine; links are followed.
 *
 * @throws ElementError TOOLCHAIN if nothing does, or this user may not look
 */
export function hostType(path: string): 'directory' | 'file' {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (errnoOf(error) === 'EACCES') {
      throw new ElementError({
        code: 'TOOLCHAIN',
        message: `\`${path}\` cannot be reached: \`${closedDirectory(path)}\` is not accessible to this user`,
        hint: 'choose a toolchain that every user of this machine can read',
        cause: error,
      });
    }
    if (!isAbsent(error)) throw error;
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: `\`${path}\` of the toolchain does not exist on this machine`,
      cause: error,
    });
  }
}

/** The outermost directory above `path` that may not be searched. */
function closedDirectory(path: string): string {
  const parents: string[] = [];
  for (let at = dirname(path); at !== '/'; at = dirname(at)) parents.unshift(at);
  return parents.find((parent) => !isSearchable(parent)) ?? dirname(path);
}

function isSearchable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error;
    return false;
  }
}
