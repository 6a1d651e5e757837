import { formatError } from '@wheelhouse/element/internal';
import { EXIT } from '@wheelhouse/element/program';
import { errorsOf, testPlaces } from '@wheelhouse/python/internal';
import type { PythonWorkspace } from '@wheelhouse/python-stage/internal';
import { hasTests } from '../inference/tests-of-project.js';

const TESTS_HINT =
  'hint: tests are searched for in `tests`, `test` and the root of a project, in its packages, and in `testpaths` of pytest; list other files in the option `testInclude`';

/**
 * Shows the Python projects of a workspace, by their roots: names, versions, which have no tests, and what is wrong with
 * those that nothing can be done with.
 *
 * @returns what the command ends with
 */
export async function showProjects(
  workspace: Pick<PythonWorkspace, 'projects' | 'problems' | 'directoryOf'>,
  { format, output }: { readonly format: 'text' | 'json'; readonly output: { write(text: string): void } },
): Promise<number> {
  const readable = workspace.projects.map(async (project) => {
    const { ref, metadata } = project;
    const { testInclude } = ref.settings ?? {};
    const directory = workspace.directoryOf(project);
    const places = testPlaces({ directory, distribution: metadata.normalizedName, testInclude });
    return {
      name: ref.name,
      root: ref.root,
      distribution: metadata.name,
      ...(metadata.version === undefined ? {} : { version: metadata.version }),
      tests: await hasTests({ directory, places, testInclude }),
    };
  });
  const shown = [
    ...(await Promise.all(readable)),
    ...workspace.problems.map(({ ref: { name, root }, error }) => ({
      name,
      root,
      errors: errorsOf(error).map(({ code, reason, origin, hint }) => ({ code, message: reason, origin, hint })),
      text: formatError(error),
    })),
  ].sort((a, b) => (a.root < b.root ? -1 : 1));
  if (format === 'json') {
    const listed = shown.map((each) => ('errors' in each ? { ...each, text: undefined } : each));
    output.write(`${JSON.stringify(listed, null, 2)}\n`);
  } else {
    for (const each of shown) {
      if ('errors' in each) output.write(`failed   ${each.name} in ${each.root}\n${indented(each.text)}`);
      else {
        const isTaken = each.name === each.root && each.distribution !== each.name;
        const name = isTaken ? `, as \`${each.distribution}\` is the name of another project` : '';
        output.write(`project  ${each.name} in ${each.root}${name}${each.tests ? '' : ', no tests found'}\n`);
      }
    }
    if (shown.some((each) => 'tests' in each && !each.tests)) output.write(`${TESTS_HINT}\n`);
  }
  return workspace.problems.length === 0 ? EXIT.done : EXIT.userError;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `         ${line}\n`)
    .join('');
}
