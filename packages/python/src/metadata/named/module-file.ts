import { posix } from 'node:path';
import type { ProjectFiles } from '../project-files.js';

/**
 * The file of the module that setuptools' `attr:` takes a value from, relative to the project.
 *
 * @param attribute such as `package.module.__version__`
 * @param directories where modules are looked for, relative to the project, the first first
 * @returns `undefined` if no such file is there
 */
export function moduleFile(
  attribute: string,
  files: ProjectFiles,
  directories: readonly string[] = ['', 'src'],
): string | undefined {
  const module = attribute.trim().split('.').slice(0, -1);
  if (module.length === 0) return undefined;
  return directories
    .map((directory) => posix.join(directory, ...module))
    .flatMap((stem) => [`${stem}.py`, `${stem}/__init__.py`])
    .find((path) => files.holds(path) && files.read(path) !== undefined);
}
