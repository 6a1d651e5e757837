import { join } from 'node:path';
import { formatDigest, type Outcome } from '@wheelhouse/element/internal';
import { artifactFiles, buildTargets, outputsOf, planClosure, type Operation } from '../workspace/operation.js';
import { writeOutputs } from '../workspace/tree-files.js';

/** What {@link fetchSnapshot} made. */
export interface SnapshotResult {
  readonly outcomes: readonly Outcome[];
  /** Absolute path of the directory of its files. */
  readonly directory: string;
  /** The tree of its files. */
  readonly digest: string;
  readonly fileCount: number;
}

/**
 * Fetches every file that building and testing a project uses, each checked against its lock, into
 * `dist/<root>/snapshot/` (docs/adr/0013). From then on no network is needed.
 *
 * @throws ElementError LOCK_MISSING, LOCK_STALE, LOCK_HASH, FETCH, INTERPRETER
 */
export async function fetchSnapshot(operation: Operation): Promise<SnapshotResult> {
  const closure = await planClosure(operation);
  const name = closure.plan.snapshot(closure.own);
  const { session, outcomes } = await buildTargets(operation, closure, [name]);
  const files = await artifactFiles(operation, session, [name]);
  const directory = join(outputsOf(operation).dist, 'snapshot');
  await writeOutputs(operation.engine.store.blobs, directory, files);
  return { outcomes, directory, digest: formatDigest(session.recordOf(name).tree), fileCount: files.length };
}
