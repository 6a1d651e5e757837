import { ElementError, ElementErrors } from '@wheelhouse/element';
import { readToolsLock } from '@wheelhouse/python/fetch';
import { readLocks } from '@wheelhouse/python/lockfile';
import type { RustToolchain } from '@wheelhouse/python/rust';
import type { Operation } from './operation.js';
import { openPlan, type PythonEngine } from './python-engine.js';
import { ProjectPlan } from '../plan/project-plan.js';
import type { PythonWorkspace } from './python-workspace.js';
import type { WorkspaceProject } from './workspace-project.js';

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
  const known = new Map<string, Promise<string>>();
  const keyOf = (name: string): Promise<string> => {
    const key = known.get(name) ?? elementKey(name, { workspace, engine, plan });
    known.set(name, key);
    return key;
  };
  const identities: (string | Failure)[] = [];
  for (const project of projects) {
    identities.push(
      await orItsError(async () => {
        const rust = await rustOf(workspace, project);
        const interpreter = await workspace.interpreter(project);
        const need = { interpreter, toolchain: workspace.toolchain(project), rust };
        const toolchains = [plan.testToolchain(need), plan.toolchain(need, 'python'), plan.toolchain(need, 'native')];
        const keys: string[] = [];
        for (const [name] of toolchains) if (name !== undefined) keys.push(await keyOf(name));
        if (rust !== undefined) keys.push(await keyOf(plan.rust(rust, need)));
        return [...new Set(keys)].join(' ');
      }),
    );
  }
  return identities;
}

async function elementKey(
  name: string,
  place: { readonly workspace: PythonWorkspace; readonly engine: PythonEngine; readonly plan: ProjectPlan },
): Promise<string> {
  const { workspace, engine, plan } = place;
  // Nx waits for the answer, so what a verification needs is left to a build.
  const session = await openPlan(
    workspace,
    { ...engine, background: undefined },
    { plan, targets: [name], projects: [] },
  );
  return session.keys.key(session.element(name));
}

/** Locks that are absent or unreadable ask for no Rust: what needs it fails by them, too. */
async function rustOf(workspace: PythonWorkspace, { metadata }: WorkspaceProject): Promise<RustToolchain | undefined> {
  try {
    const { build } = readLocks(metadata, { workspace: workspace.directory, command: '' });
    return (await workspace.rustParts(metadata, build)).rust;
  } catch (error) {
    if (error instanceof ElementError && ['LOCK_MISSING', 'LOCK_INVALID', 'TOOLCHAIN'].includes(error.code))
      return undefined;
    throw error;
  }
}

async function orItsError<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ElementError || error instanceof ElementErrors) return error;
    throw error;
  }
}
