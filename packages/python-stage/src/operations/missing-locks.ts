import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { locksDirectory } from '@wheelhouse/python/lockfile';
import type { Operation } from '../workspace/operation.js';
import type { WorkspaceProject } from '../workspace/workspace-project.js';

/**
 * The projects of the workspace that building and testing a project takes and that have no locks yet, in the order in
 * which these are to be made; those that share a resolve with the project are locked with it, and left out.
 */
export function withoutLocks({ workspace, project }: Pick<Operation, 'workspace' | 'project'>): WorkspaceProject[] {
  const together = new Set(workspace.group(project).map(({ metadata }) => metadata.root));
  return workspace
    .localClosure(project)
    .filter(({ metadata: { root } }) => !together.has(root) && !hasLocks(root, workspace.directory));
}

function hasLocks(root: string, workspace: string): boolean {
  return existsSync(join(workspace, locksDirectory(root), 'test.txt'));
}
