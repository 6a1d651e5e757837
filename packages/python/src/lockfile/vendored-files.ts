import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { isAbsent, throwCollected } from '@wheelhouse/element/internal';
import { parseFilename } from '../requirements/filename.js';
import type { Lock, LockEntry, ProjectLocks, VendoredFile } from './lock.js';
import { locksDirectory, type LockPlace } from './read-locks.js';
import { parseAddress } from '../requirements/address.js';
import { normalizeName } from '../requirements/name.js';
import { compareVersions } from '../requirements/specifier.js';
import { projectFiles } from '../files/source-set.js';

/** The directory of a project's vendored files, relative to the workspace: one that pip's `--find-links` takes. */
export function vendorDirectory(root: string): string {
  return posix.join(locksDirectory(root), 'vendor');
}

/** The entry of a lock that a vendored file is. */
export function entryOf({ entries }: Pick<Lock, 'entries'>, { file }: VendoredFile): LockEntry | undefined {
  const parsed = parseFilename(file);
  if (parsed === undefined) return undefined;
  const name = normalizeName(parsed.name);
  return entries.find((entry) => entry.normalizedName === name && compareVersions(entry.version, parsed.version) === 0);
}

/**
 * Whether the vendored files of a project are those of its locks, and those that were made of files of the workspace
 * still what these are.
 *
 * @throws ElementError LOCK_HASH, LOCK_MISSING, LOCK_STALE; all at once
 */
export function checkVendored(
  { root }: { readonly root: string },
  locks: ProjectLocks,
  place: LockPlace,
  treeDigests: ReadonlyMap<string, string>,
): void {
  const errors = new Map<string, ElementError>();
  for (const lock of [locks.test, locks.runtime, ...locks.build.values()]) {
    for (const vendored of lock.vendored ?? []) {
      const error = wrongFile(vendored, lock, { root, place }) ?? changedSource(vendored, lock, { place, treeDigests });
      if (error !== undefined && !errors.has(vendored.file)) errors.set(vendored.file, error);
    }
  }
  throwCollected([...errors.values()]);
}

function wrongFile(
  vendored: VendoredFile,
  lock: Lock,
  { root, place }: { readonly root: string; readonly place: LockPlace },
): ElementError | undefined {
  const file = posix.join(vendorDirectory(root), vendored.file);
  const entry = entryOf(lock, vendored);
  const hash = hashOf(join(place.workspace, file));
  if (hash === undefined) {
    return new ElementError({
      code: 'LOCK_MISSING',
      message: `the file \`${file}\`, which \`${lock.file}\` locks, does not exist`,
      hint: `it should be in version control beside the locks; run \`${place.command}\` to create it again`,
    });
  }
  if (entry?.hashes.includes(hash) === true) return undefined;
  return new ElementError({
    code: 'LOCK_HASH',
    message: `\`${file}\` is not the locked file: it is \`${hash}\`, but the lock has \`${entry?.hashes.join('`, `') ?? ''}\``,
    origin: entry?.origin ?? { file: lock.file, line: 1, column: 0 },
    hint: 'restore the file from version control, or remove it and lock again',
  });
}

/** Files of the workspace change under a lock's feet; what is elsewhere is asked for by `--upgrade` alone. */
function changedSource(
  { from, file, at }: VendoredFile,
  lock: Lock,
  { place, treeDigests }: { readonly place: LockPlace; readonly treeDigests: ReadonlyMap<string, string> },
): ElementError | undefined {
  const path = pathInWorkspace(from);
  if (path === undefined) return undefined;
  const now = at === undefined ? hashOf(join(place.workspace, path)) : treeDigests.get(path);
  const then = at ?? entryOf(lock, { from, file })?.hashes[0];
  if (now === then) return undefined;
  return new ElementError({
    code: 'LOCK_STALE',
    message: `the lock \`${lock.file}\` is out of date: \`${path}\` ${now === undefined ? 'was removed' : 'was changed'}`,
    hint: `run \`${place.command}\``,
  });
}

/** The digests that the directories which locks vendored have now, by their paths in the workspace. */
export async function vendoredTrees(locks: ProjectLocks, workspace: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const lock of [locks.test, ...locks.build.values()]) {
    for (const { from, at } of lock.vendored ?? []) {
      const path = at === undefined ? undefined : pathInWorkspace(from);
      if (path === undefined || digests.has(path) || !existsSync(join(workspace, path))) continue;
      digests.set(path, treeDigest(join(workspace, path), await projectFiles(join(workspace, path))));
    }
  }
  return digests;
}

/** The path in the workspace that a vendored file was made from. */
export function pathInWorkspace(from: string): string | undefined {
  if (!/^file:(?!\/\/)/.test(from)) return undefined;
  const address = parseAddress(from);
  return address.kind === 'path' ? posix.normalize(address.path) : undefined;
}

/** `sha256:<hex>` of a file; `undefined` if there is none. */
export function hashOf(path: string): string | undefined {
  try {
    return `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A digest of files by their names, contents and modes: `sha256:<hex>`. @param files relative to the directory */
export function treeDigest(directory: string, files: readonly string[]): string {
  const lines = [...files].sort().flatMap((file) => {
    const stats = lstatSync(join(directory, file), { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) return [`${file} -> ${readlinkSync(join(directory, file))}`];
    if (stats?.isFile() !== true) return [];
    return [`${file} ${(stats.mode & 0o100) === 0 ? '644' : '755'} ${hashOf(join(directory, file)) ?? ''}`];
  });
  return `sha256:${createHash('sha256').update(lines.join('\n')).digest('hex')}`;
}
