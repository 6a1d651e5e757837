import picomatch from 'picomatch';
import { gitListing, type AbsentFiles } from './git-files.js';
import { walkedFiles } from './walked-files.js';

/** Which files of a project belong to an element, as globs relative to the project. */
export interface SourceSet {
  /** Empty for all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Globs of files that belong to it even if excluded. */
  readonly named?: readonly string[];
}

/** What Python leaves beside sources. */
const BYTE_CODE = '**/__pycache__/**';

/**
 * What a wheel is never made from: tests, documentation, locks, the build stage in Docker, the project's own templates
 * (docs/adr/0047), the files of the monorepo itself, and what a build in the project's directory left there: setuptools
 * takes modules that are long gone from its build/lib.
 */
export const WHEEL_EXCLUDES: readonly string[] = [
  'tests/**',
  'test/**',
  'docs/**',
  'locks/**',
  'docker/dev/**',
  'docker/release/**',
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

/** Where tests are unless something else is said. */
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

/** Files that never belong to tests, even if included. */
export const TEST_EXCLUDES: readonly string[] = [BYTE_CODE];

/** The files of a project, and what of them does not exist. */
export interface ProjectListing {
  /** Relative paths, unsorted. */
  readonly files: readonly string[];
  readonly absent: readonly AbsentFiles[];
}

/**
 * The files of a project: those that git tracks or would take up, submodules and other repositories in it included, or,
 * if there is no git, all but what tools leave behind. Deleted files that git still tracks are left out by the code
 * that reads them.
 *
 * @param directory absolute path of the project
 * @throws ElementError SOURCE if git refuses to answer, or the directory is removed meanwhile
 */
export async function projectListing(directory: string): Promise<ProjectListing> {
  const listing = await gitListing(directory, { which: 'sources' });
  return listing ?? { files: await walkedFiles(directory), absent: [] };
}

/** The files of {@link projectListing}. @throws ElementError SOURCE if git refuses to answer */
export async function projectFiles(directory: string): Promise<string[]> {
  return [...(await projectListing(directory)).files];
}

/** Whether a file, by its path relative to the project, belongs to a set. */
export function sourceSetMatcher(set: SourceSet): (path: string) => boolean {
  const options = { dot: true };
  const included = set.include.length === 0 ? () => true : picomatch([...set.include], options);
  const excluded = picomatch([...set.exclude], options);
  const named = picomatch([...(set.named ?? [])], { ...options, ignore: BYTE_CODE });
  return (path) => (included(path) && !excluded(path)) || named(path);
}
