import { HostElement, type BuildSession } from '@wheelhouse/element';
import type { Operation } from './operation.js';
import { openPlan } from './python-engine.js';
import { ProjectPlan } from './project-plan.js';
import { readToolsLock } from '../tools/tools-lock.js';

/** The digest of the toolchain a project is built with: what a task's inputs need of this machine. @throws ElementError */
export async function toolchainIdentity(operation: Operation): Promise<string> {
  const { workspace, project, engine } = operation;
  const plan = new ProjectPlan(readToolsLock());
  const name = plan.toolchain(await workspace.interpreter(project));
  const session: BuildSession = await openPlan(workspace, engine, { plan, targets: [name], projects: [] });
  const element = session.element(name);
  if (!(element instanceof HostElement)) throw new Error(`${name} is no toolchain of this machine`);
  return session.keys.key(element);
}
