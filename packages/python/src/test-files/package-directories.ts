import { existsSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { isDebris } from '../files/walked-files.js';

/** Directories that hold packages and are none. */
const SOURCE_ROOTS: readonly string[] = ['src', 'lib', 'python'];

/** What is beside a package and is hardly ever shipped; some of them setuptools passes over, too. */
const NO_PACKAGES: readonly string[] = [
  ...['tests', 'test', 'docs', 'doc', 'examples', 'example', 'scripts', 'tools', 'benchmarks', 'benchmark'],
  ...['tasks', 'fabfile', 'exercises', 'notebooks', 'locks', 'docker', 'reports', 'third_party', 'vendor'],
];

/**
 * Where the packages of a project most likely are: directories with an `__init__.py`, in the project or in a directory
 * for sources, and, in `src` or named as the distribution begins, namespaces. Whether a wheel has them shows when it is
 * built.
 *
 * @param directory absolute path of the project
 * @param distribution its normalised name
 * @returns relative paths, sorted
 */
export function packageDirectories(directory: string, distribution: string): string[] {
  const found = packagesIn(directory).flatMap((name): string[] => {
    const isPackage = existsSync(join(directory, name, '__init__.py'));
    if (SOURCE_ROOTS.includes(name) && !isPackage) {
      const inner = packagesIn(join(directory, name));
      const own =
        name === 'src' ? inner : inner.filter((each) => existsSync(join(directory, name, each, '__init__.py')));
      return own.map((each) => `${name}/${each}`);
    }
    if (NO_PACKAGES.includes(name)) return [];
    return isPackage || name === distribution.split('-')[0] ? [name] : [];
  });
  return found.filter((path) => !isProject(join(directory, path))).sort();
}

function packagesIn(directory: string): string[] {
  return entriesOf(directory)
    .filter((entry) => entry.isDirectory() && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(entry.name) && !isDebris(entry.name))
    .map(({ name }) => name);
}

function isProject(directory: string): boolean {
  return ['pyproject.toml', 'setup.py'].some((name) => existsSync(join(directory, name)));
}

/** The entries of a directory; none if it cannot be read. */
export function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}
