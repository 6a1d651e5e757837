import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { entriesOf, packageDirectories } from './package-directories.js';
import { readPytestSettings } from './pytest-settings.js';
import type { Looks } from '../files/looks.js';
import { baseOf } from '../files/shared-files.js';
import { sourceSetMatcher, TEST_DIRECTORIES } from '../files/source-set.js';
import { isDebris } from '../files/walked-files.js';

/** Where a project has tests, beside the directories of tests that every project may have (docs/adr/0079). */
export interface TestPlaces {
  /** Globs of the files that they are made of, relative to the project. */
  readonly include: readonly string[];
  /** Packages whose tests run where the wheel installs them, relative to the project. */
  readonly packages: readonly string[];
}

/** The project, as {@link testPlaces} needs it. */
export interface TestProject {
  /** Absolute path. */
  readonly directory: string;
  /** The normalised name of its distribution. */
  readonly distribution: string;
  /** The option `testInclude`. */
  readonly testInclude?: readonly string[] | undefined;
  /** Told what is looked at. */
  readonly looks?: Looks | undefined;
}

/** What files with tests are called: pytest's patterns, and what Django begins an application with. */
const FILE_NAMES: readonly string[] = ['test_*.py', '*_test.py', 'tests.py'];

const isUsuallyNamed = matcherOf(FILE_NAMES);

/**
 * Where a project has tests that are in its root, in its packages, or where pytest's `testpaths` say. A package that
 * `testInclude` names files of is left to that option.
 */
export function testPlaces({ directory, distribution, testInclude = [], looks }: TestProject): TestPlaces {
  const { testPaths, fileNames = [] } = readPytestSettings(directory, looks);
  const names = [...new Set([...FILE_NAMES, ...fileNames.filter((name) => !name.includes('/'))])];
  const isNamed = names.length === FILE_NAMES.length ? isUsuallyNamed : matcherOf(names);
  const candidates = packageDirectories(directory, distribution, looks)
    .filter((path) => !testInclude.some((glob) => overlap(baseOf(glob), path)))
    .map((path) => ({ path, globs: packageGlobs(path, names, testPaths) }));
  const packages = candidates.filter(({ path, globs }) => holdsTests(directory, path, { globs, isNamed, looks }));
  const inRoot = entriesOf(directory, looks).filter((entry) => entry.isFile() && isNamed(entry.name));
  const named = testPaths.map((path) => posix.normalize(path).replace(/\/$/, '')).filter(isElsewhere);
  return {
    include: [
      ...(inRoot.some(({ name }) => declaresTests(join(directory, name), looks)) ? names : []),
      ...named.filter((path) => !candidates.some((each) => overlap(baseOf(path), each.path))).flatMap(withContent),
      ...packages.flatMap(({ globs }) => globs),
    ],
    packages: packages.map(({ path }) => path),
  };
}

/**
 * Whether there is a test, or a file that `testInclude` may name, in these places.
 *
 * @param directory absolute path
 * @param looks told what is looked at
 */
export function hasTestFiles(directory: string, { include }: TestPlaces, looks?: Looks): boolean {
  if (include.length === 0) return false;
  const matches = matcherOf(include);
  return filesBelow(directory, '', looks).some((path) => path.endsWith('.py') && matches(path));
}

function packageGlobs(path: string, names: readonly string[], testPaths: readonly string[]): string[] {
  const below = testPaths.map((each) => posix.normalize(each)).filter((each) => each.startsWith(`${path}/`));
  return [
    ...[...names, 'conftest.py', ...TEST_DIRECTORIES].map((name) => `${path}/**/${name}`),
    ...below.flatMap((each) => withContent(each.replace(/\/$/, ''))),
  ];
}

/** A package has tests where a file with the name of one says so; a module of that name may be something else. */
function holdsTests(directory: string, path: string, { globs, isNamed, looks }: NamedTests): boolean {
  const named = filesBelow(directory, path, looks).filter((file) => isNamed(posix.basename(file)));
  // Most packages have none, and inference looks into all of them.
  if (named.length === 0) return false;
  const matches = matcherOf(globs);
  return named.some((file) => matches(file) && declaresTests(join(directory, file), looks));
}

interface NamedTests {
  readonly globs: readonly string[];
  readonly isNamed: (name: string) => boolean;
  readonly looks: Looks | undefined;
}

/** A function or a class that pytest or unittest collect, by the text of a module. */
const TESTS =
  /^[ \t]*(?:async[ \t]+)?def[ \t]+test|^[ \t]*class[ \t]+(?:Test|\w*Tests?\b|\w+\s*\([^)]*TestCase)|^[ \t]*>>>|\bTestCase\b.*=/m;

function declaresTests(file: string, looks: Looks | undefined): boolean {
  looks?.file(file);
  try {
    return TESTS.test(readFileSync(file, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

/** The files below a directory, without what tools leave behind. */
function filesBelow(directory: string, path: string, looks: Looks | undefined): string[] {
  return entriesOf(join(directory, path), looks).flatMap((entry): string[] => {
    const found = posix.join(path, entry.name);
    if (isDebris(entry.name) || entry.name.startsWith('.')) return [];
    return entry.isDirectory() ? filesBelow(directory, found, looks) : [found];
  });
}

/** Whether `testpaths` names a part of the project that does not count for tests anyway. */
function isElsewhere(path: string): boolean {
  return path !== '.' && !posix.isAbsolute(path) && !/^(?:\.\.|tests|test)(?:\/|$)/.test(path);
}

function overlap(a: string, b: string): boolean {
  return a === b || a === '.' || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

function withContent(path: string): string[] {
  return [path, `${path}/**`];
}

function matcherOf(include: readonly string[]): (path: string) => boolean {
  return sourceSetMatcher({ include, exclude: [] });
}
