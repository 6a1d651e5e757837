import { existsSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import type { Looks } from '../files/looks.js';
import { isDebris } from '../files/walked-files.js';

/** Directories that hold packages and are none. */
const SOURCE_ROOTS: readonly string[] = ['src', 'lib', 'python'];

/** What is beside a package and is hardly ever shipped; some of them setuptools passes over, too. */
const NO_PACKAGES: readonly string[] = [
  ...['tests', 'test', 'docs', 'doc', 'examples', 'example', 'scripts', 'tools', 'benchmarks', 'benchmark'],
  ...['tasks', 'fabfile', 'exercises', 'notebooks', 'locks', 'docker', 'reports', 'third_party', 'vendor'],
];

/** What makes a directory a project of its own. */
const PROJECT_FILES: readonly string[] = ['pyproject.toml', 'setup.py'];

/**
 * Where the packages of a project most likely are: directories with an `__init__.py`, in the project or in a directory
 * for sources, and, in `src` or named as the distribution begins, namespaces. Whether a wheel has them shows when it is
 * built.
 *
 * @param directory absolute path of the project
 * @param distribution its normalised name
 * @param looks told what is looked at
 * @returns relative paths, sorted
 */
export function packageDirectories(directory: string, distribution: string, looks?: Looks): string[] {
  const isThere = (...path: readonly string[]): boolean => {
    looks?.directory(join(directory, ...path.slice(0, -1)));
    return existsSync(join(directory, ...path));
  };
  const found = packagesIn(directory, looks).flatMap((name): string[] => {
    const isPackage = isThere(name, '__init__.py');
    if (SOURCE_ROOTS.includes(name) && !isPackage) {
      const inner = packagesIn(join(directory, name), looks);
      const own = name === 'src' ? inner : inner.filter((each) => isThere(name, each, '__init__.py'));
      return own.map((each) => `${name}/${each}`);
    }
    if (NO_PACKAGES.includes(name)) return [];
    return isPackage || name === distribution.split('-')[0] ? [name] : [];
  });
  return found.filter((path) => !PROJECT_FILES.some((file) => isThere(path, file))).sort();
}

function packagesIn(directory: string, looks: Looks | undefined): string[] {
  return entriesOf(directory, looks)
    .filter((entry) => entry.isDirectory() && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(entry.name) && !isDebris(entry.name))
    .map(({ name }) => name);
}

/** The entries of a directory; none if it cannot be read. */
export function entriesOf(directory: string, looks?: Looks): Dirent[] {
  looks?.directory(directory);
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}
