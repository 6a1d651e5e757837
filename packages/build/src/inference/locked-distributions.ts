import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';
import type { Looks } from '@wheelhouse/python/internal';
import { locksDirectory, parseLock } from '@wheelhouse/python/lockfile';

/** A distribution as a lock has it. */
export interface LockedDistribution {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** SHA-256 (base64url) of the digests of the files that may be it. */
  readonly files: string;
}

/**
 * The distributions in all locks of a project, each once; a lock that cannot be read has none, and is reported by its
 * users.
 *
 * @param workspace absolute path
 * @param looks told what is looked at
 */
export function lockedDistributions(workspace: string, root: string, looks: Looks): LockedDistribution[] {
  const found = new Map<string, LockedDistribution>();
  for (const file of locksBelow(workspace, locksDirectory(root), looks)) {
    for (const each of distributionsOf(workspace, file, looks)) {
      found.set(`${each.name} ${each.version} ${each.files}`, each);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function distributionsOf(workspace: string, file: string, looks: Looks): LockedDistribution[] {
  const path = join(workspace, file);
  looks.file(path);
  try {
    const { entries } = parseLock(readFileSync(path, 'utf8'), file);
    return entries.map(({ normalizedName, version, hashes }) => ({
      name: normalizedName,
      version,
      files: createHash('sha256').update(hashes.join('\n')).digest('base64url'),
    }));
  } catch (error) {
    if (error instanceof ElementError || errnoOf(error) !== undefined) return [];
    throw error;
  }
}

function locksBelow(workspace: string, directory: string, looks: Looks): string[] {
  const path = join(workspace, directory);
  looks.directory(path);
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const file = posix.join(directory, entry.name);
      if (entry.isDirectory()) return locksBelow(workspace, file, looks);
      return entry.name.endsWith('.txt') ? [file] : [];
    });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}
