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
  const entries = await readPluginEntries(options.directory);
  const settings = new Map(found.map(({ root, options: chosen }) => [root, chosen.settings]));
  const roots = found.map(({ root }) => root);
  const metadata = await readProjects(roots, {
    workspace: options.directory,
    memo: options.memo('python-metadata'),
    python: () => findPython(options.environment, options.memo('python-interpreters')),
    settings: (root) => settings.get(root),
    environment: options.environment,
  });
  const distributions = new Map(metadata.map(({ root, name }) => [root, name]));
  const nameOf = ({ name, root }: FoundProject): string => name ?? distributions.get(root) ?? root;
  const resolves = await assignResolves(
    entries,
    found.map((project) => ({ name: nameOf(project), root: project.root })),
  );
  const projects = found.map((project) => projectRef(project, nameOf(project), resolves.get(project.root)));
  return PythonWorkspace.of({ ...options, projects, indexes: workspaceIndexes(entries) }, metadata);
}
