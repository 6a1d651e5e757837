import { basename, join, posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { ElementError } from '@wheelhouse/element';
import {
  chooseInterpreter,
  findPython,
  formatRequirement,
  isValidName,
  METADATA_FILES,
  normalizeName,
  projectFiles,
  readProjects,
  type ProjectMetadata,
  type Requirement,
} from '@wheelhouse/python/internal';
import { ProjectFiles, readFileRequirements, TomlFile } from '@wheelhouse/python/metadata';
import { findApplication } from './find-application.js';
import { findPackages } from './find-packages.js';
import { packageDirectory, type ProjectModel } from './project-model.js';
import { checkDistribution } from '../python/module-name.js';
import { PythonModule } from '../python/python-module.js';
import { requirementNames } from './requirement-names.js';

/** Which project is read, and with what. */
export interface ReadRequest {
  /** The project's directory relative to the workspace. */
  readonly root: string;
  /** The distribution's name if no file says it. */
  readonly name?: string | undefined;
  /** The option `python`: a path, a command or a version. */
  readonly python?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** What builds a project that is given its metadata here. */
export const SETUPTOOLS = 'setuptools.build_meta';

/** Extras and groups whose requirements are those of tests. */
const TESTS = ['test', 'tests', 'testing'];

/**
 * What is in a directory of a workspace: metadata if there is some, requirements files where not, packages and what
 * else is in them, and how the project is run. None of its code runs; setup.py is read by its syntax.
 *
 * @throws ElementError METADATA, NAME, NO_PROJECT, INTERPRETER, OUTSIDE_WORKSPACE
 */
export async function readProject(tree: Tree, request: ReadRequest): Promise<ProjectModel> {
  const { root, environment } = request;
  const directory = join(tree.root, root);
  const files = (await projectFiles(directory)).filter((file) => tree.exists(posix.join(root, file))).sort();
  const read = (file: string): string => tree.read(posix.join(root, file), 'utf8') ?? '';
  const found = findPackages(files);
  const metadata = namesDistribution(files, read)
    ? (await readProjects([root], { workspace: tree.root, python: () => findPython(environment), environment }))[0]
    : undefined;
  if (metadata === undefined && found.packages.length + found.modules.length === 0) {
    throw new ElementError({
      code: 'NO_PROJECT',
      message: `\`${root}\` has no Python package and no module`,
      hint: 'a package is a directory with an `__init__.py`, beside setup.py or in `src`',
    });
  }
  const name = metadata?.name ?? givenName(request, tree.root);
  const requirements = metadata === undefined ? fromFiles(tree, request) : fromMetadata(metadata);
  if (metadata === undefined) checkNotRequired(name, requirements);
  const interpreter = await chooseInterpreter({
    python: request.python,
    project: directory,
    projectName: name,
    workspace: tree.root,
    requiresPython: metadata?.requiresPython,
    requiresPythonOrigin: metadata?.origins.requiresPython,
    environment,
  });
  const home = packageDirectory(found);
  const initial = found.packages.map((each) => `${home}${each.replaceAll('.', '/')}/__init__.py`);
  const modules = [...initial, ...found.modules.map((each) => `${home}${each}.py`)].map(
    (file) => new PythonModule(read(file)),
  );
  const description =
    metadata?.description ?? modules.map((module) => module.summary).find((text) => text !== undefined);
  const application = findApplication({ ...found, files, read, directory: home, name: normalizeName(name) });
  return {
    root,
    name,
    version: metadata?.version ?? modules.map((module) => module.textOf('__version__')).find(isText) ?? '0.1.0',
    ...(description === undefined ? {} : { description }),
    ...(metadata?.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
    python: interpreter.version.split('.').slice(0, 2).join('.'),
    hasMetadata: metadata !== undefined,
    backend: metadata?.buildSystem.backend ?? SETUPTOOLS,
    ...requirements,
    ...found,
    ...application,
  };
}

const isText = (text: string | undefined): text is string => text !== undefined;

/** Whether the files of a project say a distribution's name: a `[build-system]` alone, or settings of tools, do not. */
export function namesDistribution(files: readonly string[], read: (file: string) => string): boolean {
  return METADATA_FILES.some((file) => {
    if (!files.includes(file)) return false;
    if (file === 'setup.py') return true;
    if (file === 'setup.cfg') return /^\[metadata\]/m.test(read(file));
    const toml = TomlFile.parse(read(file), file);
    return toml.tableAt('project') !== undefined || toml.tableAt('tool', 'poetry') !== undefined;
  });
}

function givenName({ name, root }: ReadRequest, workspace: string): string {
  const given = name ?? basename(join(workspace, root));
  if (isValidName(given)) return given;
  throw new ElementError({
    code: 'NAME',
    message: `\`${given}\` is not a distribution name`,
    hint: 'set it with the option `name`: ASCII letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit (PEP 508)',
  });
}

/** A new name of the project must not be that of a distribution that it requires. @throws ElementError NAME */
function checkNotRequired(name: string, { dependencies, testDependencies }: Requirements): void {
  const hint = 'set it with the option `name`';
  checkDistribution(name, hint);
  if (!requirementNames([...dependencies, ...testDependencies]).has(normalizeName(name))) return;
  throw new ElementError({
    code: 'NAME',
    message: `\`${name}\` is also the name of a distribution that the project requires`,
    hint,
  });
}

type Requirements = Pick<ProjectModel, 'dependencies' | 'testDependencies'>;

function fromMetadata({
  dependencies,
  optionalDependencies,
  dependencyGroups,
  fromFiles,
}: ProjectMetadata): Requirements {
  const tests = TESTS.flatMap((key) => [...(optionalDependencies[key] ?? []), ...(dependencyGroups[key] ?? [])]);
  return listed(dependencies, [...tests, ...(fromFiles?.test ?? [])]);
}

/** Of a project without metadata: what its requirements files hold is what setup.py is going to say. */
function fromFiles(tree: Tree, { root, environment }: ReadRequest): Requirements {
  const files = new ProjectFiles(join(tree.root, root), root, tree.root, { environment });
  const found = readFileRequirements(files, { dependencies: false, tests: false });
  for (const requirement of [...(found?.runtime ?? []), ...(found?.rest.test ?? [])]) checkDeclarable(requirement);
  return listed(found?.runtime ?? [], found?.rest.test ?? []);
}

/** Metadata has names, and addresses that hold elsewhere too (PEP 508); requirements files have more. */
function checkDeclarable({ name, url, origin }: Requirement): void {
  if (name !== '' && (url === undefined || /^(\w+\+)?https?:/.test(url))) return;
  throw new ElementError({
    code: 'METADATA',
    message: `\`${url ?? name}\` cannot be a requirement of a distribution`,
    origin,
    hint: 'write `name @ https://...`, or the name alone if the distribution is a project of this workspace',
  });
}

function listed(runtime: readonly Requirement[], tests: readonly Requirement[]): Requirements {
  const dependencies = [...new Set(runtime.map(formatRequirement))].sort();
  const testDependencies = [...new Set(tests.map(formatRequirement))]
    .filter((each) => !dependencies.includes(each))
    .sort();
  return { dependencies, testDependencies };
}
