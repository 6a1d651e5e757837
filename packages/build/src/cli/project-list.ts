import { errorsOf, type PythonWorkspace } from '@wheelhouse/python';
import { formatError } from '@wheelhouse/element';
import { EXIT } from '../failure.js';

/**
 * Shows the Python projects of a workspace, by their roots: names, versions, and what is wrong with those that nothing
 * can be done with.
 *
 * @returns what the command ends with
 */
export function showProjects(
  workspace: Pick<PythonWorkspace, 'projects' | 'problems'>,
  { format, output }: { readonly format: 'text' | 'json'; readonly output: { write(text: string): void } },
): number {
  const shown = [
    ...workspace.projects.map(({ ref: { name, root }, metadata }) => ({
      name,
      root,
      distribution: metadata.name,
      ...(metadata.version === undefined ? {} : { version: metadata.version }),
    })),
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
      const what = 'errors' in each ? `failed   ${each.name} in ${each.root}` : `project  ${each.name} in ${each.root}`;
      output.write(`${what}\n${'errors' in each ? indented(each.text) : ''}`);
    }
  }
  return workspace.problems.length === 0 ? EXIT.done : EXIT.userError;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `         ${line}\n`)
    .join('');
}
