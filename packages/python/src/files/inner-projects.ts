import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The projects inside a project whose files are not sources of its wheel: each that is in none of its packages. What is
 * in a package, such as a template of a project, is data of that package.
 *
 * @param root the project's directory, relative to the workspace
 * @param roots those of all projects of the workspace
 * @param workspace absolute path
 * @returns globs relative to the project, sorted
 */
export function innerProjects(root: string, roots: readonly string[], workspace: string): string[] {
  const prefix = root === '.' ? '' : `${root}/`;
  const inner = roots
    .filter((each) => each !== root && each.startsWith(prefix))
    .map((each) => each.slice(prefix.length));
  const all = new Set(inner);
  return inner
    .filter((path) => !directoriesTo(path).some((each) => each !== path && all.has(each)))
    .filter((path) => !directoriesTo(path).some((each) => existsSync(join(workspace, root, each, '__init__.py'))))
    .map((path) => `${path}/**`)
    .sort();
}

/** The directories that lead to a path, itself the last: `a`, `a/b` and `a/b/c` for `a/b/c`. */
function directoriesTo(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
