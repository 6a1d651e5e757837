import { ElementError, ElementErrors } from '@wheelhouse/element';
import { findPython, PythonWorkspace, readProjects } from '@wheelhouse/python';
import { findProjects, projectRef, type FoundProject } from './discovery.js';
import { workspaceIndexes } from './indexes.js';
import { readPluginEntries } from './nx-json.js';
import { assignResolves } from './resolves.js';

/** What a workspace is opened with. */
export interface WorkspaceOptions {
  /** Absolute path. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The path of a file in which something is remembered between runs, by its name. */
  memo(name: string): string;
}

/**
 * The Python projects of a workspace with their metadata.
 *
 * @throws ElementError WORKSPACE, PLUGIN_OPTIONS, METADATA, DUPLICATE_DISTRIBUTION; all that are found, together
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<PythonWorkspace> {
  const found = await findProjects(options.directory);
  const names = await distributionNames(
    found.filter(({ name }) => name === undefined),
    options,
  );
  const nameOf = ({ name, root }: FoundProject): string => name ?? names.get(root) ?? root;
  const entries = await readPluginEntries(options.directory);
  const resolves = await assignResolves(
    entries,
    found.map((project) => ({ name: nameOf(project), root: project.root })),
  );
  return await PythonWorkspace.open({
    ...options,
    projects: found.map((project) => projectRef(project, nameOf(project), resolves.get(project.root))),
    indexes: workspaceIndexes(entries),
  });
}

/** The distributions' names by the projects' roots; empty where one cannot be read, which whoever opens them all tells. */
async function distributionNames(
  unnamed: readonly FoundProject[],
  options: WorkspaceOptions,
): Promise<ReadonlyMap<string, string>> {
  if (unnamed.length === 0) return new Map();
  const settings = new Map(unnamed.map(({ root, options: chosen }) => [root, chosen.settings]));
  try {
    const projects = await readProjects([...settings.keys()], {
      workspace: options.directory,
      memo: options.memo('python-metadata'),
      python: () => findPython(options.environment, options.memo('python-interpreters')),
      settings: (root) => settings.get(root),
      environment: options.environment,
    });
    return new Map(projects.map(({ root, name }) => [root, name]));
  } catch (error) {
    if (error instanceof ElementError || error instanceof ElementErrors) return new Map();
    throw error;
  }
}
