import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { hasTestFiles, projectFiles, sourceSetMatcher, type Looks, type TestPlaces } from '@wheelhouse/python/internal';

/** The directories of `TEST_INCLUDES` that hold tests. */
const TEST_DIRECTORIES = ['tests', 'test'];

/** Where the tests of a project are looked for. */
export interface TestSearch {
  /** Absolute path of the project. */
  readonly directory: string;
  readonly places: TestPlaces;
  /** The option `testInclude`. */
  readonly testInclude?: readonly string[] | undefined;
  /** Told what is looked at; not of what git is asked for. */
  readonly looks?: Looks | undefined;
}

/** Whether a project has tests, as far as its directories tell: a Python file in one of tests, a test where it has others. */
export function showsTests({ directory, places, looks }: TestSearch): boolean {
  return (
    TEST_DIRECTORIES.some((name) => holdsPython(join(directory, name), looks)) || hasTestFiles(directory, places, looks)
  );
}

/** Whether a project has tests: those it shows, or any file that `testInclude` names. */
export async function hasTests(search: TestSearch): Promise<boolean> {
  if (showsTests(search)) return true;
  const { directory, testInclude = [] } = search;
  if (testInclude.length === 0) return false;
  return (await projectFiles(directory)).some(sourceSetMatcher({ include: testInclude, exclude: [] }));
}

function holdsPython(directory: string, looks: Looks | undefined): boolean {
  looks?.directory(directory);
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return (
      entries.some((entry) => !entry.isDirectory() && entry.name.endsWith('.py')) ||
      entries.some((entry) => entry.isDirectory() && holdsPython(join(directory, entry.name), looks))
    );
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}
