import { packageDirectory, topPackages, type ProjectModel } from '../project/project-model.js';
import { pythonList, pythonString } from '../python/python-literal.js';

/**
 * The setup.py of a project (setuptools, "Keywords"). Its arguments are literals, so that they can be read without
 * running it; packages are found, so that a new one is not forgotten.
 */
export function setupPy(project: ProjectModel): string {
  const { name, version, description, modules, scripts, entryPoints, requiresPython } = project;
  const { dependencies, testDependencies } = project;
  const home = packageDirectory(project).replace(/\/$/, '');
  const tops = topPackages(project);
  const finds = tops.length > 0;
  const lines = [
    `name=${pythonString(name)}`,
    `version=${pythonString(version)}`,
    ...(description === undefined ? [] : [`description=${pythonString(description)}`]),
    ...(home === '' ? [] : [`package_dir={"": ${pythonString(home)}}`]),
    ...(finds ? [`packages=${findPackages(home, tops)}`] : []),
    ...(modules.length === 0 ? [] : [`py_modules=${pythonList(modules, 4)}`]),
    ...(finds ? ['include_package_data=True'] : []),
    ...(scripts.length === 0 ? [] : [`scripts=${pythonList(scripts, 4)}`]),
    ...(entryPoints.length === 0
      ? []
      : [`entry_points={\n        "console_scripts": ${pythonList(entryPoints, 8)},\n    }`]),
    ...(requiresPython === undefined ? [] : [`python_requires=${pythonString(requiresPython)}`]),
    ...(dependencies.length === 0 ? [] : [`install_requires=${pythonList(dependencies, 4)}`]),
    ...(testDependencies.length === 0
      ? []
      : [`extras_require={\n        "test": ${pythonList(testDependencies, 8)},\n    }`]),
  ];
  const imported = finds ? 'find_packages, setup' : 'setup';
  return `from setuptools import ${imported}\n\nsetup(\n${lines.map((line) => `    ${line},\n`).join('')})\n`;
}

/** In `src` there is nothing else; beside setup.py there are tests and more, so the packages are named. */
function findPackages(home: string, tops: readonly string[]): string {
  if (home !== '') return `find_packages(${pythonString(home)})`;
  return `find_packages(include=${pythonList(
    tops.flatMap((top) => [top, `${top}.*`]),
    4,
  )})`;
}
