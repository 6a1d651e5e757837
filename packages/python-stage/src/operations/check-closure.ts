import { ElementError } from '@wheelhouse/element';
import { throwCollected, type BuildSession } from '@wheelhouse/element/internal';
import { normalizeName, formatRequirement, parseRequirement, type Requirement } from '@wheelhouse/python/internal';
import { wrong, type Lock, overridesOf, withNames, select } from '@wheelhouse/python/lockfile';
import { InspectionMemo } from './inspection-memo.js';
import type { Operation, PlannedClosure } from '../workspace/operation.js';
import { filesOf, sortFiles, type TreeFile } from '../workspace/tree-files.js';
import type { Closure, Dependent } from '../wheelhouse/closure.js';

/** A lock whose wheels are there. */
export interface CheckedLock {
  readonly closure: PlannedClosure;
  readonly session: BuildSession;
  readonly kind: 'test' | 'runtime';
}

/**
 * Whether the entries of a lock that apply are exactly what the project requires, and what that requires in turn, as the
 * wheels themselves say, or the overrides of the lock in their place (docs/adr/0062). Locks that were looked at before are remembered by their wheels.
 *
 * @throws ElementError LOCK_STALE; all at once
 */
export async function checkClosure(operation: Operation, { closure, session, kind }: CheckedLock): Promise<void> {
  const { own } = closure;
  const { workspace, project, engine } = operation;
  const memo = new InspectionMemo(engine.store.memo('lock-closures'));
  const requirements = workspace.requirements(project, own.interpreter.markers)[kind];
  await checkLock(operation, { closure, session, memo, lock: own.locks[kind], requirements, by: 'the project' });
  memo.save();
}

/**
 * Whether the entries of the build locks that were used are exactly what their headers require, and what that requires in
 * turn. A missing one shows as a failed build, so this is asked of failed builds, too. A project that is built with
 * others of the workspace is not looked at: its build lock holds what their wheels require as well.
 *
 * @throws ElementError LOCK_STALE; all at once
 */
export async function checkBuildClosures(
  operation: Operation,
  { closure, session }: Omit<CheckedLock, 'kind'>,
): Promise<void> {
  const { own } = closure;
  const { workspace, project, engine } = operation;
  if (workspace.localDependencies(project, 'build', own.interpreter.markers).length > 0) return;
  const memo = new InspectionMemo(engine.store.memo('lock-closures'));
  for (const lock of own.locks.build.values()) {
    const requirements = [...lock.requirements, ...lock.hookRequirements].map((line) => parseRequirement(line));
    await checkLock(operation, { closure, session, memo, lock, requirements, by: `\`${lock.distribution}\`` });
  }
  memo.save();
}

interface LockInQuestion extends Omit<CheckedLock, 'kind'> {
  readonly lock: Lock;
  readonly memo: InspectionMemo;
  readonly requirements: readonly Requirement[];
  /** Whose requirements they are. */
  readonly by: string;
}

async function checkLock(operation: Operation, question: LockInQuestion): Promise<void> {
  const { closure, session, lock, memo, requirements, by } = question;
  const { own, plan } = closure;
  const { workspace, project } = operation;
  const { markers, tagsDigest } = own.interpreter;
  const wheels = await wheelsIn(operation, session, plan.wheelsOf(lock, own));
  if (wheels === undefined) return;
  const local = workspace.projects.map(({ metadata }) => metadata.normalizedName);
  const identity = [tagsDigest, lock.requirementsDigest, ...local, ...wheels.map(({ sha256 }) => sha256)];
  await memo.findings(identity, async () => {
    const { closureOf } = await import('../wheelhouse/closure.js');
    const lines = withNames(requirements, lock).map(formatRequirement);
    const root: Dependent = { file: lock.file, normalizedName: '', version: '', requiresDist: lines };
    const found = closureOf([root, ...(await describedWheels(operation, wheels))], [''], markers, overridesOf(lock));
    const context = { command: `nx run ${project.ref.name}:lock` };
    throwCollected([
      ...unmet(found, lock, { ...context, local }),
      ...select(lock, markers)
        .filter(({ normalizedName }) => !found.reached.has(normalizedName))
        .map((entry) => wrong(entry, `is not required by ${by} or by another entry`, context)),
    ]);
    return [];
  });
}

/**
 * The wheels of elements; `undefined` if the store lacks one, as where a whole test run was taken from another
 * store: its builder has checked them. So it is if the session has no such element, because nothing that it builds is
 * built with that lock.
 */
async function wheelsIn(
  { engine }: Operation,
  session: BuildSession,
  elements: readonly string[],
): Promise<TreeFile[] | undefined> {
  const { blobs, artifacts } = engine.store;
  const files: TreeFile[] = [];
  for (const name of elements) {
    if (!session.has(name)) return undefined;
    const record = await artifacts.get(session.keys.key(session.element(name)));
    if (record === undefined) return undefined;
    files.push(...(await filesOf(blobs, record.tree, '.whl')));
  }
  return sortFiles(files);
}

interface UnmetContext {
  readonly command: string;
  /** The normalised names of the workspace's projects, which no lock holds. */
  readonly local: readonly string[];
}

function unmet(closure: Closure, lock: Lock, { command, local }: UnmetContext): ElementError[] {
  return closure.unmet.flatMap(({ file, requirement, version, unreadable }) => {
    const name = normalizeName(/^[\w.-]+/.exec(requirement)?.[0] ?? '');
    // What metadata cannot express is left to the installer; the entries for direct requirements were checked before.
    if (unreadable === true || file === lock.file || local.includes(name)) return [];
    const entry =
      version === undefined
        ? undefined
        : lock.entries.find((each) => each.normalizedName === name && each.version === version);
    if (entry !== undefined)
      return [wrong(entry, `does not satisfy \`${requirement}\`, which \`${file}\` requires`, { command })];
    return [
      new ElementError({
        code: 'LOCK_STALE',
        message: `the lock \`${lock.file}\` has no entry for \`${requirement}\`, which \`${file}\` requires`,
        hint: `run \`${command}\``,
      }),
    ];
  });
}

async function describedWheels({ engine }: Operation, wheels: readonly TreeFile[]): Promise<Dependent[]> {
  const { blobBytes } = await import('../inspection/archive.js');
  const { WheelArchive } = await import('../wheelhouse/wheel-archive.js');
  const { describeWheel } = await import('../wheelhouse/wheel-description.js');
  return await Promise.all(
    wheels.map(async ({ path, sha256, digest }) => {
      const archive = await WheelArchive.open(blobBytes(engine.store.blobs, digest, path));
      try {
        return await describeWheel(path, sha256, archive);
      } finally {
        archive.close();
      }
    }),
  );
}
