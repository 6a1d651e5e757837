import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWheelhouse } from '@wheelhouse/python-stage/wheelhouse';

/**
 * The wheelhouse that a target names, where it names no project: a path with a slash that leads to a directory, or any
 * directory that looks like a wheelhouse.
 *
 * @param from absolute path that `target` is relative to
 * @returns an absolute path
 */
export async function wheelhouseDirectory(target: string, from: string): Promise<string | undefined> {
  const path = resolve(from, target);
  // An argument like this is always a path, whether it exists or not.
  if (/^(\/|\.{1,2}(\/|$))/.test(target)) return path;
  if (!existsSync(path) || !statSync(path).isDirectory()) return undefined;
  if (target.includes('/')) return path;
  return (await isWheelhouse(path)) ? path : undefined;
}
