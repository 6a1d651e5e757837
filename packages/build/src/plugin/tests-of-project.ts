import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasTestFiles, projectFiles, sourceSetMatcher, type TestPlaces } from '@wheelhouse/python/internal';

/** The directories of `TEST_INCLUDES` that hold tests. */
const TEST_DIRECTORIES = ['tests', 'test'];

/**
 * Whether a project has tests: a Python file in a directory of tests, a test where it has others, or any file that
 * `testInclude` names.
 *
 * @param directory absolute path of the project
 */
export async function hasTests(
  directory: string,
  places: TestPlaces,
  testInclude: readonly string[] = [],
): Promise<boolean> {
  if (TEST_DIRECTORIES.some((name) => holdsPython(join(directory, name)))) return true;
  if (hasTestFiles(directory, places)) return true;
  if (testInclude.length === 0) return false;
  return (await projectFiles(directory)).some(sourceSetMatcher({ include: testInclude, exclude: [] }));
}

function holdsPython(directory: string): boolean {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return false;
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.py'));
}
