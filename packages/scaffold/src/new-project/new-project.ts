import { join, posix } from 'node:path';
import { getProjects, type Tree } from '@nx/devkit';
import { ElementError } from '@wheelhouse/element';
import { chooseInterpreter, normalizeName } from '@wheelhouse/python/internal';
import { requirementsOf } from './requirements.js';
import { insideWorkspace, readableProjects } from '../project/find-root.js';
import { lockThatHas } from '../project/locked-names.js';
import type { Database, Framework, ProjectModel } from '../project/project-model.js';
import { SETUPTOOLS } from '../project/read-project.js';
import { checkName, moduleName } from '../python/module-name.js';

/** What a project is made from. */
export interface NewProjectRequest {
  readonly name: string;
  readonly directory?: string | undefined;
  readonly description?: string | undefined;
  readonly framework: Framework;
  readonly database: Database;
  readonly python?: string | undefined;
  /** Where projects of its kind usually are: `apps`. */
  readonly usualHome: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The oldest Python that all frameworks' versions here run on. */
const REQUIRES_PYTHON = '>=3.10';

/**
 * The model of a project that is to be made.
 *
 * @throws ElementError NAME, PLACE, INTERPRETER
 */
export async function newProject(tree: Tree, request: NewProjectRequest): Promise<ProjectModel> {
  const { name, framework, database, environment } = request;
  checkName(name);
  const root = freeDirectory(tree, request);
  await checkFree(tree, name, environment);
  const interpreter = await chooseInterpreter({
    python: request.python,
    project: join(tree.root, root),
    projectName: name,
    workspace: tree.root,
    requiresPython: REQUIRES_PYTHON,
    environment,
  });
  const module = moduleName(name);
  const description = request.description ?? descriptionOf(framework);
  return {
    root,
    name,
    version: '0.1.0',
    description,
    requiresPython: REQUIRES_PYTHON,
    python: interpreter.version.split('.').slice(0, 2).join('.'),
    hasMetadata: false,
    backend: SETUPTOOLS,
    ...requirementsOf(framework, database),
    layout: framework === 'django' ? 'flat' : 'src',
    packages: [module],
    modules: [],
    dataFiles: framework === 'django' ? [] : [`src/${module}/py.typed`],
    scripts: framework === 'django' ? ['manage.py'] : [],
    entryPoints: framework === 'cli' ? [`${normalizeName(name)} = ${module}.cli:main`] : [],
    framework,
    ...(framework === 'django' ? { settings: `${module}.settings` } : {}),
    ...applicationOf(framework, module),
  };
}

function descriptionOf(framework: Framework): string {
  const kinds: Readonly<Record<Framework, string>> = {
    django: 'A Django application',
    fastapi: 'A FastAPI application',
    flask: 'A Flask application',
    cli: 'A command',
    none: 'A library',
  };
  return kinds[framework];
}

function applicationOf(framework: Framework, module: string): Pick<ProjectModel, 'application'> {
  switch (framework) {
    case 'django':
      return { application: { target: `${module}.wsgi:application`, protocol: 'wsgi' } };
    case 'flask':
      return { application: { target: `${module}.app:app`, protocol: 'wsgi' } };
    case 'fastapi':
      return { application: { target: `${module}.app:app`, protocol: 'asgi' } };
    case 'cli':
    case 'none':
      return {};
  }
}

function freeDirectory(tree: Tree, { name, directory, usualHome }: NewProjectRequest): string {
  const usual = tree.exists(usualHome) ? posix.join(usualHome, name) : name;
  const root = insideWorkspace(directory ?? usual);
  if (root !== '.' && !tree.exists(root)) return root;
  throw new ElementError({
    code: 'PLACE',
    message: `\`${root}\` already exists`,
    hint: `choose a new directory with \`--directory\`; \`nx g @wheelhouse/scaffold:build-stage --directory ${root}\` adds a build stage to an existing project`,
  });
}

async function checkFree(tree: Tree, name: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const distribution = normalizeName(name);
  const other =
    getProjects(tree).get(name)?.root ??
    (await readableProjects(tree, environment)).find((each) => each.name === distribution)?.root;
  if (other !== undefined) {
    throw new ElementError({
      code: 'NAME',
      message: `\`${name}\` is already the name of the project in \`${other}\``,
      hint: 'choose another name',
    });
  }
  const lock = await lockThatHas(tree, distribution);
  if (lock === undefined) return;
  throw new ElementError({
    code: 'NAME',
    message: `\`${name}\` is a distribution from the index, locked in \`${lock}\`: everything that requires \`${distribution}\` would get this project instead`,
    hint: 'choose another name',
  });
}
