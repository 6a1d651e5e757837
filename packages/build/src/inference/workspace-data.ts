import { join, resolve } from 'node:path';

/**
 * The paths of files in which inference remembers what it read, in the directory where Nx keeps data of a workspace.
 *
 * @param workspace absolute path
 */
export function workspaceMemo(workspace: string, environment: NodeJS.ProcessEnv): (name: string) => string {
  const named = environment.NX_WORKSPACE_DATA_DIRECTORY ?? environment.NX_PROJECT_GRAPH_CACHE_DIRECTORY;
  const directory = resolve(workspace, named ?? join('.nx', 'workspace-data'));
  return (name) => join(directory, `wheelhouse-${name}.json`);
}
