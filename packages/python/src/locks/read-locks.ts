import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { Lock, ProjectLocks } from './lock.js';
import { parseLock } from './parse.js';
import { isAbsent } from '../errno.js';

/** The project whose locks are read. */
export interface LockedProject {
  /** Its directory relative to the workspace. */
  readonly root: string;
  readonly normalizedName: string;
}

/** Where locks lie and what hints say. */
export interface LockPlace {
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  /** The command that writes the locks, such as `nx run app:lock`. */
  readonly command: string;
}

/** The directory of a project's locks, relative to the workspace. */
export function locksDirectory(root: string): string {
  return posix.join(root, 'locks');
}

/**
 * Reads the locks a project has.
 *
 * @throws ElementError LOCK_MISSING without `test.txt`, `runtime.txt` or the project's own build lock, LOCK_INVALID
 */
export function readLocks(project: LockedProject, place: LockPlace): ProjectLocks {
  const directory = locksDirectory(project.root);
  const read = (name: string): Lock => {
    const file = posix.join(directory, name);
    const text = readText(join(place.workspace, file));
    if (text === undefined) throw missing(file, place);
    return parseLock(text, file);
  };
  const [test, runtime] = [read('test.txt'), read('runtime.txt')];
  const build = new Map<string, Lock>();
  for (const name of listBuildLocks(join(place.workspace, directory, 'build'))) {
    const lock = read(posix.join('build', name));
    build.set(lock.distribution, lock);
  }
  if (!build.has(project.normalizedName))
    throw missing(posix.join(directory, 'build', `${project.normalizedName}.txt`), place);
  return { test, runtime, build };
}

function missing(file: string, place: LockPlace): ElementError {
  return new ElementError({
    code: 'LOCK_MISSING',
    message: `the lock \`${file}\` is not there`,
    hint: `run \`${place.command}\``,
  });
}

function listBuildLocks(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.txt'))
      .sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
