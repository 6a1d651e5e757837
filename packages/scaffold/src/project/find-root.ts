import { posix } from 'node:path';
import { getProjects, type Tree } from '@nx/devkit';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { findPython, METADATA_FILES, normalizeName, projectFiles, readProjects } from '@wheelhouse/python/internal';

/** Which project is meant: by its name, or by its directory relative to the workspace. */
export interface ProjectChoice {
  readonly project?: string | undefined;
  readonly directory?: string | undefined;
}

/**
 * The directory of a project, relative to the workspace. A name is that of project.json or package.json, else the
 * distribution's.
 *
 * @throws ElementError OPTION, PLACE
 */
export async function findRoot(tree: Tree, choice: ProjectChoice, environment: NodeJS.ProcessEnv): Promise<string> {
  const { project, directory } = choice;
  if ((project === undefined) === (directory === undefined)) {
    throw new ElementError({
      code: 'OPTION',
      message: project === undefined ? 'no project given' : 'both a project and a directory are given',
      hint: 'pass `--project NAME`, or `--directory DIRECTORY` relative to the workspace',
    });
  }
  if (directory !== undefined) return presentDirectory(tree, directory);
  const named = getProjects(tree).get(project ?? '')?.root ?? (await byDistribution(tree, project ?? '', environment));
  if (named !== undefined) return named;
  throw new ElementError({
    code: 'OPTION',
    message: `project \`${project ?? ''}\` not found`,
    hint: '`nx show projects` lists the projects; `--directory` takes a directory that is not a project yet',
  });
}

/** A directory inside the workspace, normalised. @throws ElementError PLACE if it leads out */
export function insideWorkspace(directory: string): string {
  const path = posix.normalize(directory).replace(/\/$/, '');
  if (!posix.isAbsolute(path) && path !== '..' && !path.startsWith('../')) return path;
  throw new ElementError({
    code: 'PLACE',
    message: `\`${directory}\` is not inside the workspace`,
    hint: 'the directory must be relative to the workspace',
  });
}

function presentDirectory(tree: Tree, directory: string): string {
  const path = insideWorkspace(directory);
  if (path === '.' || (tree.exists(path) && !tree.isFile(path))) return path;
  throw new ElementError({
    code: 'PLACE',
    message: `no such directory: \`${directory}\``,
    hint: '`nx g @wheelhouse/scaffold:app` creates a new project',
  });
}

async function byDistribution(tree: Tree, name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const projects = await readableProjects(tree, environment);
  return projects.find((each) => each.name === normalizeName(name))?.root;
}

/**
 * The Python projects of a workspace by their distributions' normalised names. One that cannot be read has no name; it
 * is reported when it is used.
 */
export async function readableProjects(
  tree: Tree,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly root: string; readonly name: string }[]> {
  const files = (await projectFiles(tree.root)).filter((file) => METADATA_FILES.includes(posix.basename(file)));
  const projects: { root: string; name: string }[] = [];
  for (const root of new Set(files.map((file) => posix.dirname(file)))) {
    try {
      const options = { workspace: tree.root, python: () => findPython(environment), environment };
      const [metadata] = await readProjects([root], options);
      if (metadata !== undefined) projects.push({ root, name: metadata.normalizedName });
    } catch (error) {
      if (!(error instanceof ElementError) && !(error instanceof ElementErrors)) throw error;
    }
  }
  return projects;
}
