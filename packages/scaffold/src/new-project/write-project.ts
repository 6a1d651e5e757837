import { join, posix } from 'node:path';
import { generateFiles } from '@nx/devkit';
import type { Packaging } from './project-options.js';
import type { Changes } from '../merge/changes.js';
import { pyprojectToml } from '../metadata/pyproject-toml.js';
import { packageDirectory, type Database, type ProjectModel } from '../project/project-model.js';

const TEMPLATES = join(__dirname, 'templates');

/**
 * Writes the sources, tests and metadata of a new project; what else metadata takes is written for every project.
 *
 * @returns the project, as it is now
 */
export function writeProject(
  changes: Changes,
  project: ProjectModel,
  { packaging, database }: { readonly packaging: Packaging; readonly database: Database },
): ProjectModel {
  const { root, framework } = project;
  const [module = ''] = project.packages;
  const substitutions = { ...project, module, database, packaging, tmpl: '' };
  generateFiles(changes.tree, join(TEMPLATES, 'every'), root, substitutions);
  const home = posix.join(root, packageDirectory(project));
  generateFiles(changes.tree, join(TEMPLATES, framework, 'package'), home, substitutions);
  generateFiles(changes.tree, join(TEMPLATES, framework, 'project'), root, substitutions);
  if (packaging === 'setup.py') return project;
  changes.write(posix.join(root, 'pyproject.toml'), pyprojectToml(project));
  return { ...project, hasMetadata: true };
}
