import { TomlFile } from '@wheelhouse/python/metadata';
import { topPackages, type ProjectModel } from '../project/project-model.js';

/**
 * A pyproject.toml that names the packages of a project that are discovered until now, in a table behind all others.
 * What is found is what was found before, without the directories that are not packages.
 *
 * @returns `undefined` if the file has to be changed by hand
 */
export function withNamedPackages(text: string, project: ProjectModel): string | undefined {
  const tables = TomlFile.parse(text, 'pyproject.toml');
  const tops = topPackages(project);
  const list = (names: readonly string[]): string => `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;
  // Without [project], a table of setuptools would change what setup.py and setup.cfg mean.
  if (tables.tableAt('project') === undefined) return undefined;
  const end = text.endsWith('\n') ? text : `${text}\n`;
  if (tops.length > 0) {
    return `${end}\n[tool.setuptools.packages.find]\ninclude = ${list(tops.flatMap((top) => [top, `${top}.*`]))}\n`;
  }
  if (project.modules.length === 0 || tables.tableAt('tool', 'setuptools') !== undefined) return undefined;
  return `${end}\n[tool.setuptools]\npy-modules = ${list(project.modules)}\n`;
}
