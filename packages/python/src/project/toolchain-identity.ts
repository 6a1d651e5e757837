import { ElementError, HostElement, type BuildSession } from '@wheelhouse/element';
import type { Operation } from './operation.js';
import { openPlan } from './python-engine.js';
import { ProjectPlan } from './project-plan.js';
import { readLocks } from '../locks/read-locks.js';
import type { RustToolchain } from '../rust/rust-toolchain.js';
import { readToolsLock } from '../tools/tools-lock.js';

/** The digest of the toolchain a project is built with: what a task's inputs need of this machine. @throws ElementError */
export async function toolchainIdentity(operation: Operation): Promise<string> {
  const { workspace, project, engine } = operation;
  const plan = new ProjectPlan(readToolsLock());
  const rust = await rustOf(operation);
  const targets = [
    plan.toolchain(await workspace.interpreter(project)),
    ...(rust === undefined ? [] : [plan.rust(rust)]),
  ];
  const session: BuildSession = await openPlan(workspace, engine, { plan, targets, projects: [] });
  const keys = targets.map((name) => {
    const element = session.element(name);
    if (!(element instanceof HostElement)) throw new Error(`${name} is no toolchain of this machine`);
    return session.keys.key(element);
  });
  return keys.join(' ');
}

/** Locks that are absent or unreadable ask for no Rust: what needs it fails by them, too. */
async function rustOf({ workspace, project }: Operation): Promise<RustToolchain | undefined> {
  try {
    const { build } = readLocks(project.metadata, { workspace: workspace.directory, command: '' });
    return (await workspace.rustParts(project.metadata, build)).rust;
  } catch (error) {
    if (error instanceof ElementError && ['LOCK_MISSING', 'LOCK_INVALID', 'TOOLCHAIN'].includes(error.code))
      return undefined;
    throw error;
  }
}
