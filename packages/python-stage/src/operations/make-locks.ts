import { createHash } from 'node:crypto';
import { join, posix } from 'node:path';
import { ElementError, type Activity } from '@wheelhouse/element';
import { withActivity, lockFile } from '@wheelhouse/element/internal';
import { type Interpreter, localNames, type LocalNames } from '@wheelhouse/python/internal';
import { withFileIndexes, NO_MACHINE_SETTINGS, readIndexSettings } from '@wheelhouse/python/fetch';
import { type Lock, type ProjectLocks, readLocks } from '@wheelhouse/python/lockfile';
import {
  readForeignLock,
  type ForeignLock,
  lockGroup,
  type LockMember,
  type Upgrade,
  publishLocks,
  type LockChanges,
  type LockOutcome,
  upgradableNames,
} from '@wheelhouse/python-lock/internal';
import type { Operation } from '../workspace/operation.js';
import { ioOf, toolsOf } from '../workspace/python-engine.js';
import { readEjected } from '../plan/ejected-templates.js';
import type { PlannedProject } from '../plan/planned-project.js';
import type { PythonWorkspace } from '../workspace/python-workspace.js';
import type { WorkspaceProject } from '../workspace/workspace-project.js';
import { SandboxedHooks } from './sandboxed-hooks.js';

/** How {@link makeLocks} resolves. */
export interface LockOptions {
  /** Names whose versions are not kept; `all` for none. */
  readonly upgrade?: Upgrade;
  /** Called where another process is making the same locks, and is waited for. */
  readonly onWait?: () => void;
  /** Whether versions of `uv.lock` or `pylock.toml` are taken; they are without it if there are no locks yet. */
  readonly adopt?: boolean | undefined;
}

/**
 * Resolves what a project requires, together with the projects that it shares a resolve with (docs/adr/0025), and
 * writes the locks of all of them; the only operation that asks an index what there is (docs/adr/0011). A failure leaves
 * the locks as they were.
 *
 * @throws ElementError RESOLUTION, FETCH, INTERPRETER, COMMAND_FAILED
 */
export async function makeLocks(operation: Operation, options: LockOptions = {}): Promise<LockOutcome> {
  const { workspace, engine } = operation;
  const { signal } = engine;
  const lock = await lockFile(lockPath(operation), {
    signal,
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
  });
  try {
    return publishLocks(await resolveLocks(operation, options), workspace.directory);
  } finally {
    await lock?.release();
  }
}

/** What {@link makeLocks} would write. */
async function resolveLocks(operation: Operation, options: LockOptions = {}): Promise<LockChanges> {
  const { workspace, project, engine } = operation;
  const group = workspace.group(project);
  const interpreter = await interpreterOf(group, workspace);
  const members = group.map((member) => ({
    project: member.metadata,
    requirements: workspace.requirements(member, interpreter.markers),
    previous: previousLocks(workspace, member),
  }));
  const upgrade =
    options.upgrade === undefined || options.upgrade === 'all'
      ? options.upgrade
      : upgradableNames(options.upgrade, project.metadata, members);
  const foreign = foreignLocks(members, workspace, { ...options, upgrade });
  const programs = await toolsOf(engine);
  const uvPython = await workspace.machinePython(project);
  const temporary = await engine.store.scratch.directory();
  const tools = new Map<string, Pick<PlannedProject, 'builtWith'>>();
  for (const member of group) tools.set(member.ref.root, await workspace.buildTools(member, interpreter.markers));
  const planned = (build: ReadonlyMap<string, Lock>, metadata = project.metadata): PlannedProject => ({
    ...tools.get(metadata.root),
    metadata,
    locks: { test: NO_LOCK, runtime: NO_LOCK, build },
    interpreter,
    toolchain: workspace.toolchain(group.find((member) => member.metadata === metadata) ?? project),
    settings: group.find((member) => member.metadata === metadata)?.ref.settings ?? {},
    ejected: readEjected(metadata.root, workspace.directory),
  });
  try {
    const settings = withFileIndexes(await readIndexSettings(programs, engine.environment, workspace.indexes), {
      projects: group.map(({ metadata }) => metadata),
      locals: group.flatMap((member) => workspace.localClosure(member)).map(({ metadata }) => metadata),
      workspace: workspace.directory,
      environment: engine.environment,
    });
    const names = group.map(({ ref }) => ref.name).join(', ');
    const activity: Omit<Activity, 'id'> = { verbs: ['resolving', 'resolved'], what: `the requirements of ${names}` };
    const changes = await withActivity(engine.listener, activity, () =>
      lockGroup(
        {
          members: members.map((member) => ({ ...member, foreign: foreign.get(member.project.root) })),
          resolve: project.ref.resolve,
          workspace: workspace.projects.map(({ metadata }) => metadata),
          workspaceDirectory: workspace.directory,
          upgrade,
          noBinary: workspace.noBinary(project),
          machine: settings.configured?.machine ?? NO_MACHINE_SETTINGS,
        },
        {
          tools: programs,
          settings,
          hooks: new SandboxedHooks(operation, planned, [join(temporary.path, 'vendor')]),
          environment: engine.environment,
          interpreter,
          uvPython,
          temporary: temporary.path,
          io: ioOf(engine),
        },
      ),
    );
    // What cannot be installed together is not written.
    for (const member of group) lockedNames(member, workspace, changes.locks);
    return changes;
  } finally {
    await temporary.dispose();
  }
}

/**
 * What the names of a project's locks mean in its workspace.
 *
 * @param locks by the roots of their projects
 * @throws ElementError RESOLUTION
 */
export function lockedNames(
  { ref, metadata }: WorkspaceProject,
  { projects }: PythonWorkspace,
  locks: LockChanges['locks'],
): LocalNames {
  const own = locks.get(metadata.root);
  if (own === undefined) throw new Error(`${ref.name} has no locks`);
  const workspace = projects.map((each) => each.metadata);
  return localNames(metadata, own, { workspace, settings: ref.settings ?? {} });
}

/** Two processes never make the locks of one group at once: each starts from what the other has written. */
function lockPath({ workspace, project, engine }: Operation): string {
  const { resolve, root } = project.ref;
  const group = resolve === undefined ? { root } : { resolve };
  const digest = createHash('sha256')
    .update(JSON.stringify([workspace.directory, group]))
    .digest('hex');
  return join(engine.store.directory, 'locks', `resolve-${digest}.lock`);
}

/** @throws ElementError INTERPRETER if the projects of a resolve do not have one in common */
async function interpreterOf(group: readonly WorkspaceProject[], workspace: PythonWorkspace): Promise<Interpreter> {
  const chosen: Interpreter[] = [];
  for (const member of group) chosen.push(await workspace.interpreter(member));
  const [interpreter] = chosen;
  if (interpreter === undefined) throw new Error('a group without projects');
  if (chosen.every(({ executable }) => executable === interpreter.executable)) return interpreter;
  const each = group.map(({ ref }, index) => `\`${ref.name}\` has \`${chosen[index]?.executable ?? ''}\``);
  throw new ElementError({
    code: 'INTERPRETER',
    message: `the projects of the resolve \`${group[0]?.ref.resolve ?? ''}\` have different interpreters: ${each.join(', ')}`,
    hint: 'set it with a `.python-version` above them or the option `python`, or remove a project from `resolves`',
  });
}

/** What other tools have locked: asked for by `adopt`, and kept without it by projects that have no locks yet. */
function foreignLocks(
  members: readonly LockMember[],
  { directory }: PythonWorkspace,
  { adopt = false, upgrade }: LockOptions,
): ReadonlyMap<string, ForeignLock> {
  const found = members.flatMap(({ project: { root }, previous }) => {
    const adopting = adopt || (previous === undefined && upgrade === undefined);
    const foreign = adopting ? readForeignLock(root, directory) : undefined;
    return foreign === undefined ? [] : [[root, foreign] as const];
  });
  if (!adopt || found.length > 0) return new Map(found);
  const places = members.flatMap(({ project: { root } }) =>
    ['uv.lock', 'pylock.toml'].map((name) => posix.join(root, name)),
  );
  throw new ElementError({
    code: 'METADATA',
    message: `there is no lock of another tool to adopt: none of \`${[...new Set([...places, 'uv.lock', 'pylock.toml'])].join('`, `')}\``,
  });
}

/** Locks that are absent or unreadable have no versions to keep. */
function previousLocks(workspace: PythonWorkspace, { metadata }: WorkspaceProject): ProjectLocks | undefined {
  try {
    return readLocks(metadata, { workspace: workspace.directory, command: '' });
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
