import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { namesIn, readFileBytes } from '@wheelhouse/element/internal';
import { NO_MACHINE_SETTINGS, type MachineSettings } from '@wheelhouse/python/fetch';
import {
  formatLock,
  type Lock,
  type ProjectLocks,
  parseLock,
  plainText,
  locksDirectory,
  hashOf,
  vendorDirectory,
} from '@wheelhouse/python/lockfile';
import type { NotKept } from './adoption.js';

/** A file that goes into `vendor/` where a lock needs it. */
export interface VendoredSource {
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** `sha256:<hex>`. */
  readonly hash: string;
}

/** Locks that are made, and what differs between them and those in the workspace. */
export interface LockChanges {
  /** By the roots of their projects. */
  readonly locks: ReadonlyMap<string, ProjectLocks>;
  /** Files whose text does not exist yet, relative to the workspace. */
  readonly changed: readonly { readonly file: string; readonly text: string }[];
  /** Files for `vendor/` that do not exist yet, relative to the workspace. */
  readonly vendored: readonly { readonly file: string; readonly bytes: Uint8Array }[];
  /** Files that are there: build locks of what is no longer built from source, and vendored files that nothing requires. */
  readonly removed: readonly string[];
  /** Versions of other tools' locks that did not fit. */
  readonly notKept: readonly NotKept[];
  /** What the machine said of versions. */
  readonly machine: MachineSettings;
}

/** What a lock run did. */
export interface LockOutcome {
  /** By the roots of their projects. */
  readonly locks: ReadonlyMap<string, ProjectLocks>;
  /** Files written because they changed, relative to the workspace. */
  readonly written: readonly string[];
  /** Build locks of what is no longer built from source, and vendored files that nothing requires. */
  readonly removed: readonly string[];
  /** Versions of other tools' locks that did not fit. */
  readonly notKept: readonly NotKept[];
  /** What the machine said of versions. */
  readonly machine: MachineSettings;
}

/**
 * The texts of locks, beside what the workspace has. Files whose text stays the same are not in it.
 *
 * @param sources the files that locks may have vendored
 */
export function changesOf(
  made: ReadonlyMap<string, ProjectLocks>,
  workspace: string,
  sources: readonly VendoredSource[] = [],
): LockChanges {
  const locks = new Map<string, ProjectLocks>();
  const changed: { file: string; text: string }[] = [];
  const vendored: { file: string; bytes: Uint8Array }[] = [];
  const removed: string[] = [];
  for (const [root, own] of made) {
    const directory = locksDirectory(root);
    const files = new Map<string, Lock>([
      [posix.join(directory, 'test.txt'), own.test],
      [posix.join(directory, 'runtime.txt'), own.runtime],
      ...nameBuildLocks(own.build, own.test.distribution).map(
        ([name, lock]) => [posix.join(directory, 'build', name), lock] as const,
      ),
    ]);
    const texts = [...files].map(([file, lock]) => ({ file, text: formatLock(lock) }));
    changed.push(
      ...texts.filter(({ file, text }) => plainText(readFileBytes(join(workspace, file))?.toString() ?? '') !== text),
    );
    const needed = new Set([...files.values()].flatMap((lock) => (lock.vendored ?? []).map(({ file }) => file)));
    for (const { file: name, path, hash } of sources) {
      const file = posix.join(vendorDirectory(root), name);
      if (!needed.has(name) || hashOf(join(workspace, file)) === hash) continue;
      vendored.push({ file, bytes: readFileSync(path) });
    }
    removed.push(
      ...namesIn(join(workspace, directory, 'build'))
        .filter((name) => name.endsWith('.txt'))
        .map((name) => posix.join(directory, 'build', name))
        .filter((file) => !files.has(file)),
      ...namesIn(join(workspace, vendorDirectory(root)))
        .filter((name) => !needed.has(name))
        .map((name) => posix.join(vendorDirectory(root), name)),
    );
    const [test, runtime, ...build] = texts.map(({ file, text }) => parseLock(text, file));
    if (test === undefined || runtime === undefined) throw new Error(`no locks were made for ${root}`);
    locks.set(root, { test, runtime, build: new Map(build.map((lock) => [lock.distribution, lock])) });
  }
  return { locks, changed, vendored, removed, notKept: [], machine: NO_MACHINE_SETTINGS };
}

/**
 * Writes locks: all texts are on disk beside their places before the first of them is renamed into its place, so that
 * what can fail fails before anything changed.
 */
export function publishLocks(
  { locks, changed, vendored, removed, notKept, machine }: LockChanges,
  workspace: string,
): LockOutcome {
  const contents = [
    ...vendored.map(({ file, bytes }) => ({ file, content: bytes })),
    ...changed.map(({ file, text }) => ({ file, content: text })),
  ];
  const staged: string[] = [];
  try {
    for (const { file, content } of contents) {
      const path = join(workspace, file);
      mkdirSync(dirname(path), { recursive: true });
      staged.push(`${path}.new`);
      writeFileSync(`${path}.new`, content);
    }
    for (const { file } of contents) renameSync(`${join(workspace, file)}.new`, join(workspace, file));
  } finally {
    for (const path of staged) rmSync(path, { force: true });
  }
  for (const file of removed) rmSync(join(workspace, file));
  return { locks, written: contents.map(({ file }) => file), removed, notKept, machine };
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
