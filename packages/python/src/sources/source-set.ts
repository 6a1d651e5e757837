import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import picomatch from 'picomatch';
import { gitFiles } from './git-files.js';

/** Which files of a project belong to an element, as globs relative to the project. */
export interface SourceSet {
  /** Empty for all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What Python leaves beside sources. */
const BYTE_CODE = '**/__pycache__/**';

/**
 * What a wheel is never made from: tests, documentation, locks, the project's own templates (docs/adr/0047), the files
 * of the monorepo itself, and what a build in
 * the project's directory left there: setuptools takes modules that are long gone from its build/lib.
 */
export const WHEEL_EXCLUDES: readonly string[] = [
  'tests/**',
  'test/**',
  'docs/**',
  'locks/**',
  '.wheelhouse/**',
  'conftest.py',
  'pytest.ini',
  '.pytest.ini',
  'tox.ini',
  '.coveragerc',
  '.python-version',
  'project.json',
  'package.json',
  'build/lib*/**',
  'build/bdist.*/**',
  'build/temp.*/**',
  '*.egg-info/**',
  'src/*.egg-info/**',
  BYTE_CODE,
];

/** Where tests lie unless something else is said. */
export const TEST_DIRECTORIES: readonly string[] = ['tests/**', 'test/**'];

/** What tests are made of: their files and the configuration of their runner. */
export const TEST_INCLUDES: readonly string[] = [
  ...TEST_DIRECTORIES,
  'conftest.py',
  'pytest.ini',
  '.pytest.ini',
  'tox.ini',
  'setup.cfg',
  'pyproject.toml',
  '.coveragerc',
];

/** What tests are never made of, whatever includes say. */
export const TEST_EXCLUDES: readonly string[] = [BYTE_CODE];

/** What tools leave in a project that is under no version control. */
const DEBRIS =
  /(^|\/)(__pycache__|node_modules|\.git|\.venv|venv|\.tox|\.mypy_cache|\.pytest_cache|build|dist|[^/]+\.egg-info)(\/|$)|\.py[co]$/;

/**
 * The files of a project: those that git tracks or would take up, or, where there is no git, all but what tools leave
 * behind. Deleted files that git still tracks are left out by whoever reads them.
 *
 * @param directory absolute path of the project
 * @returns relative paths, unsorted
 * @throws ElementError SOURCE where git refuses to answer
 */
export async function projectFiles(directory: string): Promise<string[]> {
  const listed = await gitFiles(directory, { which: 'sources' });
  if (listed !== undefined) return listed;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(directory.length + 1))
    .filter((path) => !DEBRIS.test(path));
  // A virtual environment (PEP 405), whatever it is called.
  const environments = paths.filter((path) => path.endsWith('/pyvenv.cfg')).map((path) => dirname(path));
  return paths.filter((path) => !environments.some((environment) => path.startsWith(`${environment}/`)));
}

/** Whether a file, by its path relative to the project, belongs to a set. */
export function sourceSetMatcher(set: SourceSet): (path: string) => boolean {
  const options = { dot: true };
  const included = set.include.length === 0 ? () => true : picomatch([...set.include], options);
  const excluded = picomatch([...set.exclude], options);
  return (path) => included(path) && !excluded(path);
}
