import { ElementError } from '@wheelhouse/element';
import type { Operation } from './operation.js';
import { ioOf, toolsOf } from './python-engine.js';
import type { PlannedProject } from './project-plan.js';
import { SandboxedHooks } from './sandboxed-hooks.js';
import type { Lock, ProjectLocks } from '../locks/lock.js';
import { readLocks } from '../locks/read-locks.js';
import { lockProject, type LockOutcome } from '../lock/lock-project.js';
import { readIndexSettings } from '../tools/index-settings.js';

/** How {@link makeLocks} resolves. */
export interface LockOptions {
  /** Names whose versions are not kept; `all` for none. */
  readonly upgrade?: 'all' | readonly string[];
}

/**
 * Resolves what a project requires and writes its locks; the only operation that asks an index what there is
 * (docs/adr/0011). A failure leaves the locks as they were.
 *
 * @throws ElementError RESOLUTION, FETCH, INTERPRETER, COMMAND_FAILED
 */
export async function makeLocks(operation: Operation, options: LockOptions = {}): Promise<LockOutcome> {
  const { workspace, project, engine } = operation;
  const interpreter = await workspace.interpreter(project);
  const tools = await toolsOf(engine);
  const temporary = await engine.store.workspace();
  const planned = (build: ReadonlyMap<string, Lock>): PlannedProject => ({
    metadata: project.metadata,
    locks: { test: NO_LOCK, runtime: NO_LOCK, build },
    interpreter,
    settings: project.ref.settings ?? {},
  });
  try {
    return await lockProject(
      {
        project: project.metadata,
        workspace: workspace.projects.map(({ metadata }) => metadata),
        workspaceDirectory: workspace.directory,
        requirements: workspace.requirements(project),
        previous: previousLocks(operation),
        upgrade: options.upgrade,
      },
      {
        tools,
        settings: await readIndexSettings(tools, engine.environment),
        hooks: new SandboxedHooks(operation, planned),
        environment: engine.environment,
        interpreter,
        temporary: temporary.path,
        io: ioOf(engine),
      },
    );
  } finally {
    await temporary.dispose();
  }
}

/** Locks that are absent or unreadable have no versions to keep. */
function previousLocks({ workspace, project }: Operation): ProjectLocks | undefined {
  try {
    return readLocks(project.metadata, { workspace: workspace.directory, command: '' });
  } catch (error) {
    if (error instanceof ElementError && (error.code === 'LOCK_MISSING' || error.code === 'LOCK_INVALID'))
      return undefined;
    throw error;
  }
}

/** What stands for the locks that are being made: hooks are asked before there are any. */
const NO_LOCK: Lock = {
  file: '',
  kind: 'test',
  distribution: '',
  python: '',
  uv: '',
  requirements: [],
  hookRequirements: [],
  requirementsDigest: '',
  entries: [],
};
