import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { cargoLockMissing, cargoLocks, mergeCrates, parseCargoLock } from './cargo-lock.js';
import type { Crate } from '../lockfile/crate.js';
import { projectFiles } from '../files/source-set.js';

/**
 * The crates of a project that cargo builds, from the Cargo.lock nearest to the top of its files.
 *
 * @param project its directory relative to the workspace
 * @param workspace absolute path
 * @throws ElementError LOCK_MISSING without a Cargo.lock, LOCK_INVALID
 */
export async function projectCrates(project: string, workspace: string): Promise<Crate[]> {
  const directory = join(workspace, project);
  const names = cargoLocks(await projectFiles(directory));
  if (names.length === 0) throw cargoLockMissing(project);
  return mergeCrates(
    names.map((name) => parseCargoLock(readFileSync(join(directory, name), 'utf8'), posix.join(project, name))),
  );
}
