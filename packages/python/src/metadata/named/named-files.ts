import { packagedPaths } from './packaged-paths.js';
import { namedByPyproject } from './pyproject-names.js';
import { namedBySetupCfg } from './setup-cfg-names.js';
import type { NamedFile } from './named-file.js';
import type { ProjectFiles } from '../project-files.js';
import { DEFAULT_BACKEND, readsSetupPy } from '../build-system.js';
import { TomlFile } from '../toml-file.js';

/**
 * The files that a project's metadata names: readmes, licences, files with versions and lists of dependencies, build
 * hooks, and what is packaged although it looks like tests or documentation. A build that lacks one fails, or gives a wheel that says less.
 *
 * @param opened what is read by a setup.py
 * @returns each path once, in the order of the files that name them
 */
export function readNamedFiles(files: ProjectFiles, opened: readonly NamedFile[] = []): NamedFile[] {
  const name = 'pyproject.toml';
  const toml = TomlFile.parse(files.read(name) ?? '', files.label(name));
  const given = toml.tableAt('build-system')?.['build-backend'];
  const backend = typeof given === 'string' ? given : DEFAULT_BACKEND;
  const all = [
    ...namedByPyproject(toml, files, backend),
    ...packagedPaths(toml, files, backend),
    ...(readsSetupPy(backend) ? [...namedBySetupCfg(files), ...opened, ...listOfSdist(files)] : []),
  ];
  const distinct = new Map<string, NamedFile>();
  for (const each of all) {
    const known = distinct.get(each.path);
    // What is named for the wheel, too, is not the sdist's alone.
    const licence = known?.licence ?? each.licence;
    const kept = known === undefined || (known.sdist === true && each.sdist !== true) ? each : known;
    distinct.set(each.path, licence === undefined ? kept : { ...kept, licence });
  }
  return [...distinct.values()];
}

/**
 * What an sdist of setuptools shipped: without git the list in it is all that says which files are package data, to
 * setuptools' `include_package_data` and to pbr.
 */
function listOfSdist(files: ProjectFiles): NamedFile[] {
  if (files.read('PKG-INFO') === undefined) return [];
  const origin = { file: files.label('PKG-INFO'), line: 1, column: 0 };
  return ['*.egg-info/**', 'src/*.egg-info/**'].map((path) => ({ path, glob: true, origin }));
}
