import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { namesIn, readTextFile } from '@wheelhouse/element/internal';
import type { Lock, LockKind, ProjectLocks } from './lock.js';
import { parseLock } from './parse.js';

/** The project whose locks are read. */
export interface LockedProject {
  /** Its directory relative to the workspace. */
  readonly root: string;
  readonly normalizedName: string;
}

/** Where locks are and what hints say. */
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
 *   also where one is in the place of another
 */
export function readLocks(project: LockedProject, place: LockPlace): ProjectLocks {
  const directory = locksDirectory(project.root);
  const read = (name: string): Lock => {
    const file = posix.join(directory, name);
    const text = readTextFile(join(place.workspace, file), file);
    if (text === undefined) throw missing(file, place);
    return parseLock(text, file, place.command);
  };
  const own = (kind: LockKind): Lock => {
    const lock = read(`${kind}.txt`);
    checkIdentity(lock, kind, place);
    if (lock.distribution === project.normalizedName) return lock;
    throw misplaced(lock, `it is the lock of \`${lock.distribution}\`, not of \`${project.normalizedName}\``, place);
  };
  const [test, runtime] = [own('test'), own('runtime')];
  const build = new Map<string, Lock>();
  for (const name of listBuildLocks(join(place.workspace, directory, 'build'))) {
    const lock = read(posix.join('build', name));
    checkIdentity(lock, 'build', place);
    const other = build.get(lock.distribution);
    if (other !== undefined)
      throw misplaced(lock, `it is the lock of \`${lock.distribution}\`, like \`${other.file}\``, place);
    build.set(lock.distribution, lock);
  }
  if (!build.has(project.normalizedName))
    throw missing(posix.join(directory, 'build', `${project.normalizedName}.txt`), place);
  return { test, runtime, build };
}

/** @throws ElementError LOCK_INVALID if a lock of another kind is there */
function checkIdentity(lock: Lock, kind: LockKind, place: LockPlace): void {
  if (lock.kind !== kind) throw misplaced(lock, `it is a lock of the kind \`${lock.kind}\`, not \`${kind}\``, place);
}

function misplaced({ file }: Lock, what: string, { command }: LockPlace): ElementError {
  return new ElementError({
    code: 'LOCK_INVALID',
    message: `the lock \`${file}\` does not belong there: ${what}`,
    hint: `run \`${command}\``,
  });
}

function missing(file: string, place: LockPlace): ElementError {
  return new ElementError({
    code: 'LOCK_MISSING',
    message: `the lock \`${file}\` does not exist`,
    hint: `run \`${place.command}\``,
  });
}

function listBuildLocks(directory: string): string[] {
  return namesIn(directory).filter((name) => name.endsWith('.txt'));
}
