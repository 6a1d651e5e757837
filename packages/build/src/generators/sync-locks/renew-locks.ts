import type { PythonEngine, PythonWorkspace } from '@wheelhouse/python';
import { resolveLocks, type LockChanges } from '@wheelhouse/python/lock';
import type { StaleProject } from './stale-projects.js';

/** The locks that stale projects should have, those that share a resolve locked at once. @throws ElementError */
export async function renewLocks(
  stale: readonly StaleProject[],
  workspace: PythonWorkspace,
  engine: PythonEngine,
): Promise<LockChanges[]> {
  const onePerGroup = new Map(stale.map(({ project }) => [workspace.group(project)[0], project]));
  const changes: LockChanges[] = [];
  for (const project of onePerGroup.values()) changes.push(await resolveLocks({ workspace, project, engine }));
  return changes;
}
