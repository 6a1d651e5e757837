import { ElementError, ElementErrors, HostElement } from '@wheelhouse/element';
import type { Operation } from './operation.js';
import { openPlan, type PythonEngine } from './python-engine.js';
import { ProjectPlan } from './project-plan.js';
import type { PythonWorkspace, WorkspaceProject } from './python-workspace.js';
import { readToolsLock } from '../tools/tools-lock.js';

/** The digest of the toolchain a project is built with: what a task's inputs need of this machine. @throws ElementError */
export async function toolchainIdentity({ workspace, project, engine }: Operation): Promise<string> {
  const [identity = ''] = await toolchainIdentities(workspace, [project], engine);
  if (typeof identity === 'string') return identity;
  throw identity;
}

/** What keeps a project from having a toolchain. */
type Failure = ElementError | ElementErrors;

/**
 * The same for several projects, in their order; what keeps a project from having a toolchain stands in its place. Each
 * toolchain is looked at once, however many projects are built with it.
 */
export async function toolchainIdentities(
  workspace: PythonWorkspace,
  projects: readonly WorkspaceProject[],
  engine: PythonEngine,
): Promise<(string | Failure)[]> {
  const plan = new ProjectPlan(readToolsLock());
  const names: (string | Failure)[] = [];
  for (const project of projects) {
    names.push(await orItsError(async () => plan.toolchain(await workspace.interpreter(project))));
  }
  const known = new Map<string, string | Failure>();
  const identityOf = async (name: string): Promise<string | Failure> => {
    const identity = known.get(name) ?? (await orItsError(() => keyOf(name)));
    known.set(name, identity);
    return identity;
  };
  const keyOf = async (name: string): Promise<string> => {
    const session = await openPlan(workspace, engine, { plan, targets: [name], projects: [] });
    const element = session.element(name);
    if (!(element instanceof HostElement)) throw new Error(`${name} is no toolchain of this machine`);
    return session.keys.key(element);
  };
  const identities: (string | Failure)[] = [];
  for (const name of names) identities.push(typeof name === 'string' ? await identityOf(name) : name);
  return identities;
}

async function orItsError<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ElementError || error instanceof ElementErrors) return error;
    throw error;
  }
}
