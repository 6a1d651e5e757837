import { TomlFile } from '@wheelhouse/python/metadata';
import type { ProjectModel } from '../project/project-model.js';

/**
 * What builds a project with setuptools (PEP 518). The oldest setuptools that reads all that is generated: 77 knows
 * licence expressions, 61 is the first with `[project]` and runs on older Pythons.
 */
function buildSystem(python: string): string {
  const [, minor = 9] = python.split('.').map(Number);
  return `[build-system]\nrequires = ["setuptools>=${minor < 9 ? 61 : 77}"]\nbuild-backend = "setuptools.build_meta"\n`;
}

/**
 * A pyproject.toml with `[build-system]`, which is put behind everything that is there.
 *
 * @param text what is there; `undefined` for nothing
 * @param file what messages call it
 * @throws ElementError METADATA if it is no TOML
 */
export function withBuildSystem(text: string | undefined, file: string, { python }: ProjectModel): string {
  if (text === undefined || text.trim() === '') return buildSystem(python);
  if (TomlFile.parse(text, file).tableAt('build-system') !== undefined) return text;
  // In front, it would take in the keys that are in no table.
  const end = text.endsWith('\n') ? text : `${text}\n`;
  return `${end}\n${buildSystem(python)}`;
}

/** A pyproject.toml with all of a project's metadata (PEP 621), for setuptools. */
export function pyprojectToml(project: ProjectModel): string {
  const { name, version, description, requiresPython, dependencies, testDependencies, entryPoints, layout } = project;
  const text = (value: string): string => JSON.stringify(value);
  const list = (items: readonly string[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${text(item)},\n`).join('')}]`;
  const scripts = entryPoints.map((entry) => {
    const [program = '', target = ''] = entry.split('=').map((part) => part.trim());
    return `${program} = ${text(target)}\n`;
  });
  return [
    buildSystem(project.python),
    [
      '[project]\n',
      `name = ${text(name)}\n`,
      `version = ${text(version)}\n`,
      ...(description === undefined ? [] : [`description = ${text(description)}\n`]),
      ...(requiresPython === undefined ? [] : [`requires-python = ${text(requiresPython)}\n`]),
      `dependencies = ${list(dependencies)}\n`,
    ].join(''),
    ...(testDependencies.length === 0 ? [] : [`[project.optional-dependencies]\ntest = ${list(testDependencies)}\n`]),
    ...(scripts.length === 0 ? [] : [`[project.scripts]\n${scripts.join('')}`]),
    layout === 'src'
      ? '[tool.setuptools.packages.find]\nwhere = ["src"]\n'
      : `[tool.setuptools.packages.find]\ninclude = ${list(
          project.packages.filter((each) => !each.includes('.')).flatMap((top) => [top, `${top}.*`]),
        )}\n`,
    ...(project.scripts.length === 0 ? [] : [`[tool.setuptools]\nscript-files = ${list(project.scripts)}\n`]),
  ].join('\n');
}
