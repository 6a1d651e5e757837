import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { isAbsent } from '@wheelhouse/element/internal';

/** What tools leave in a project that is under no version control. */
const DEBRIS =
  /(^|\/)(__pycache__|node_modules|\.git|\.venv|venv|\.tox|\.nox|\.nx|\.mypy_cache|\.pytest_cache|\.ruff_cache|build|dist|[^/]+\.egg-info)(\/|$)|\.py[co]$/;

/** Whether a file, by its path relative to a project, is what tools leave there. */
export function isDebris(path: string): boolean {
  return DEBRIS.test(path);
}

/**
 * The files below a directory that git says nothing of: all but what tools leave behind, and virtual environments.
 *
 * @param directory absolute path
 * @returns relative paths, unsorted
 * @throws ElementError SOURCE if a directory is removed meanwhile
 */
export async function walkedFiles(directory: string): Promise<string[]> {
  const entries = await everything(directory);
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(directory.length + 1))
    .filter((path) => !isDebris(path));
  // A virtual environment (PEP 405) of any name.
  const environments = paths.filter((path) => path.endsWith('/pyvenv.cfg')).map((path) => dirname(path));
  return paths.filter((path) => !environments.some((environment) => path.startsWith(`${environment}/`)));
}

async function everything(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new ElementError({
      code: 'SOURCE',
      message: `\`${directory}\` or something in it was removed while its files were listed`,
      cause: error,
    });
  }
}
