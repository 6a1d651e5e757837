import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { formatDigest, throwErrors } from '@wheelhouse/element/internal';
import { type Target, type TargetRequest, compareVersions, satisfies } from '@wheelhouse/python/internal';
import type { SnapshotResult } from './fetch-snapshot.js';
import { artifactFiles, outputsOf, planClosure, type Operation } from '../workspace/operation.js';
import type { PlannedProject } from '../plan/planned-project.js';
import { openPlan, toolsOf } from '../workspace/python-engine.js';
import { writeOutputs } from '../workspace/tree-files.js';

/**
 * Fetches what the locks of a project name for another interpreter than its own, into
 * `dist/<root>/snapshots/<python>-<platform>/` (docs/adr/0029). Where only the interpreter's version differs, that is what
 * a snapshot holds; for another platform it is wheels alone, since nothing can be built for it here.
 *
 * @throws ElementError INVALID_DATA for a target that is not one, INTERPRETER if the project is not for it, FETCH
 *   naming each distribution without a file for it, LOCK_MISSING, LOCK_STALE, LOCK_HASH
 */
export async function fetchTargetSnapshot(operation: Operation, request: TargetRequest): Promise<SnapshotResult> {
  const { workspace, engine } = operation;
  const { own, plan } = await planClosure(operation);
  const { targetInterpreter } = await import('@wheelhouse/python/internal');
  const context = { tools: await toolsOf(engine), signal: engine.signal };
  const target = await targetInterpreter(request, own.interpreter, context);
  checkVersion(own, target);
  const directory = join(outputsOf(operation).dist, 'snapshots', target.name);
  const project = { ...own, interpreter: target.interpreter };
  const name = plan.targetSnapshot(project, target);
  const session = await openPlan(workspace, engine, {
    plan,
    targets: [name],
    projects: [project],
    findLinks: [directory],
  });
  const outcomes = await session.build();
  throwErrors(outcomes);
  const files = await artifactFiles(operation, session, [name]);
  await writeOutputs(engine.store.blobs, directory, files);
  return { outcomes, directory, digest: formatDigest(session.recordOf(name).tree), fileCount: files.length };
}

function checkVersion({ metadata, locks }: PlannedProject, { interpreter }: Target): void {
  const { version } = interpreter;
  const { name, requiresPython, origins } = metadata;
  if (requiresPython !== undefined && !satisfies(version, requiresPython)) {
    throw new ElementError({
      code: 'INTERPRETER',
      message: `the project \`${name}\` needs Python \`${requiresPython}\`, but the snapshot was requested for ${version}`,
      origin: origins.requiresPython,
    });
  }
  if (compareVersions(version, locks.test.python) >= 0) return;
  throw new ElementError({
    code: 'INTERPRETER',
    message: `the lock \`${locks.test.file}\` is for Python ${locks.test.python} and later, but the snapshot was requested for ${version}`,
    hint: 'lower `requires-python` and run the target `lock` again',
  });
}
