import { ElementError, ElementErrors } from '@wheelhouse/element';
import type { PythonWorkspace, WorkspaceProject } from '@wheelhouse/python-stage/internal';
import { findProjects } from '../../workspace/discovery.js';

/** A project whose locks do not answer what it requires now, with the reasons. */
export interface StaleProject {
  readonly project: WorkspaceProject;
  /** LOCK_MISSING, LOCK_STALE or LOCK_INVALID; never empty. */
  readonly reasons: readonly ElementError[];
}

/**
 * The projects of a workspace whose locks are stale or missing; those without a target that makes locks have none to be
 * stale. Those of which it cannot be told say why when their targets are run. No index is queried.
 */
export async function staleProjects(workspace: PythonWorkspace): Promise<StaleProject[]> {
  const found = await findProjects(workspace.directory);
  const lockable = new Set(found.filter(({ options }) => options.targets.lock !== undefined).map(({ root }) => root));
  const stale: StaleProject[] = [];
  for (const project of workspace.projects) {
    if (!lockable.has(project.ref.root)) continue;
    const reasons = await reasonsOf(workspace, project);
    if (reasons.length > 0) stale.push({ project, reasons });
  }
  return stale;
}

/** Whether the locks of a project are stale or missing. */
export async function isStale(workspace: PythonWorkspace, project: WorkspaceProject): Promise<boolean> {
  return (await reasonsOf(workspace, project)).length > 0;
}

const STALE: readonly string[] = ['LOCK_MISSING', 'LOCK_STALE', 'LOCK_INVALID'];

async function reasonsOf(workspace: PythonWorkspace, project: WorkspaceProject): Promise<readonly ElementError[]> {
  try {
    await workspace.planned(project);
    return [];
  } catch (error) {
    if (!(error instanceof ElementError || error instanceof ElementErrors)) throw error;
    const errors = error instanceof ElementErrors ? error.errors : [error];
    return errors.every(({ code }) => STALE.includes(code)) ? errors : [];
  }
}
