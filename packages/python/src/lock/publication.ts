import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { LockOutcome } from './lock-project.js';
import { isAbsent } from '../errno.js';
import { formatLock } from '../locks/format.js';
import type { Lock, ProjectLocks } from '../locks/lock.js';
import { parseLock } from '../locks/parse.js';
import { locksDirectory } from '../locks/read-locks.js';

/**
 * Writes a project's locks: all texts are on disk beside their places before the first of them is renamed into its
 * place, so that what can fail fails before anything changed. Files whose text stays the same are not touched.
 */
export function publishLocks(
  locks: ProjectLocks,
  place: { readonly workspace: string; readonly root: string },
): LockOutcome {
  const directory = locksDirectory(place.root);
  const files = new Map<string, Lock>([
    [posix.join(directory, 'test.txt'), locks.test],
    [posix.join(directory, 'runtime.txt'), locks.runtime],
    ...nameBuildLocks(locks.build, locks.test.distribution).map(
      ([name, lock]) => [posix.join(directory, 'build', name), lock] as const,
    ),
  ]);
  const texts = [...files].map(([file, lock]) => ({ file, text: formatLock(lock) }));
  const changed = texts.filter(({ file, text }) => readText(join(place.workspace, file)) !== text);
  const staged: string[] = [];
  try {
    for (const { file, text } of changed) {
      const path = join(place.workspace, file);
      mkdirSync(dirname(path), { recursive: true });
      staged.push(`${path}.new`);
      writeFileSync(`${path}.new`, text);
    }
    for (const { file } of changed) renameSync(`${join(place.workspace, file)}.new`, join(place.workspace, file));
  } finally {
    for (const path of staged) rmSync(path, { force: true });
  }
  const removed = listTexts(join(place.workspace, directory, 'build'))
    .map((name) => posix.join(directory, 'build', name))
    .filter((file) => !files.has(file));
  for (const file of removed) rmSync(join(place.workspace, file));
  const parsed = texts.map(({ file, text }) => parseLock(text, file));
  const [test, runtime, ...build] = parsed;
  if (test === undefined || runtime === undefined) throw new Error('no locks were published');
  return {
    locks: { test, runtime, build: new Map(build.map((lock) => [lock.distribution, lock])) },
    written: changed.map(({ file }) => file),
    removed,
  };
}

/** A build lock is called by its distribution; of several versions of one, all but the first carry the version. */
function nameBuildLocks(build: ReadonlyMap<string, Lock>, project: string): (readonly [string, Lock])[] {
  const taken = new Set<string>();
  const keys = [...build.keys()].filter((key) => key !== project).sort();
  return [project, ...keys].flatMap((key) => {
    const lock = build.get(key);
    if (lock === undefined) return [];
    const [name = key, version] = key.split('==');
    const file = taken.has(name) ? `${name}-${version ?? ''}.txt` : `${name}.txt`;
    taken.add(name);
    return [[file, lock] as const];
  });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function listTexts(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.txt'));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
