import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { delimiter, join } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { ElementError } from '../base/error.js';

/**
 * The absolute path of a program of this machine (BuildStream reference: `utils.get_host_tool`).
 *
 * @param path the directories to look in, as `PATH` lists them
 * @param hint how to get the program
 * @throws ElementError HOST_TOOL
 * @public
 */
export function getHostTool(name: string, path: string, hint?: string): string {
  for (const directory of path.split(delimiter)) {
    if (directory === '') continue;
    const candidate = join(directory, name);
    if (isProgram(candidate)) return candidate;
  }
  throw new ElementError({
    code: 'HOST_TOOL',
    message: `Did not find \`${name}\` in PATH: ${path}`,
    hint,
  });
}

/** Whether a path is a file that this user may run. */
export function isProgram(candidate: string): boolean {
  if (statIfReachable(candidate)?.isFile() !== true) return false;
  try {
    accessSync(candidate, constants.X_OK);
    return true;
  } catch (error) {
    // Not ours to execute: the next directory may have one that is.
    if (errnoOf(error) === 'EACCES') return false;
    throw error;
  }
}

/** What is at a path, links followed; `undefined` if nothing is, or nothing that this user may look at. */
export function statIfReachable(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return undefined;
    throw error;
  }
}
