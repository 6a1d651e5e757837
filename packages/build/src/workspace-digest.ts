import { formatError } from '@wheelhouse/element/internal';
import { toolchainIdentities, type PythonEngine, type PythonWorkspace } from '@wheelhouse/python-stage/internal';
import { taskDigest } from './task-digest.js';

/**
 * The digest of what every project of a workspace is built with and Nx does not see. A project that cannot be built for
 * want of an interpreter fails when it is built, and keeps no other from that.
 *
 * @returns `sha256:<hex>`
 * @throws ElementError SOURCE if git does not list the files of a project
 */
export async function workspaceDigest(workspace: PythonWorkspace, engine: PythonEngine): Promise<string> {
  const { projects } = workspace;
  const identities = await toolchainIdentities(workspace, projects, engine);
  const toolchains = identities.map((identity) => (typeof identity === 'string' ? identity : formatError(identity)));
  return await taskDigest({ workspace, projects, toolchains });
}
