import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '@wheelhouse/element/internal';
import { artifactFiles, buildTargets, type Operation, type PlannedClosure } from '../workspace/operation.js';
import { buildPathsOf, type BuildVariation, type Variation } from '../plan/build-variation.js';
import type { TreeFile } from '../workspace/tree-files.js';
import type { Difference } from '../inspection/difference.js';

/** Between two builds, so that a time that is written to the second, or in the zip format's steps of two, shows. */
const APART_MS = 2100;

/** What is built a second time. */
export interface VerifyBuildInput {
  readonly wheel: TreeFile;
  readonly sdist?: TreeFile | undefined;
  readonly vary: readonly Variation[];
  /** Whether the first build has only just ended. */
  readonly fresh: boolean;
}

/** A file that came out otherwise the second time. */
export interface DifferingFile {
  /** Its name; that of the first build where the second gave it another. */
  readonly path: string;
  readonly differences: readonly Difference[];
}

/** What building again came to. */
export interface BuildVerification {
  readonly outcomes: readonly Outcome[];
  readonly failed: boolean;
  readonly differing: readonly DifferingFile[];
}

/**
 * Builds a project's wheel, and its sdist, once more in a varied environment, and compares (docs/adr/0030). The
 * variation is drawn anew each time, so no record of the store answers for them.
 *
 * @throws ElementError SANDBOX, ARTIFACT
 */
export async function verifyBuild(
  operation: Operation,
  closure: PlannedClosure,
  input: VerifyBuildInput,
): Promise<BuildVerification> {
  const { own, plan } = closure;
  const { engine } = operation;
  const variation: BuildVariation = { seed: randomInt(2 ** 31), vary: input.vary };
  if (input.fresh) await sleep(APART_MS, undefined, { signal: engine.signal });
  const again = [
    { first: input.wheel, element: plan.wheelAgain(own, variation), suffix: '.whl' },
    ...(input.sdist === undefined
      ? []
      : [{ first: input.sdist, element: plan.sdistAgain(own, variation), suffix: '' }]),
  ];
  const targets = again.map(({ element }) => element);
  const { session, outcomes, failed } = await buildTargets(operation, closure, targets);
  if (failed) return { outcomes, failed, differing: [] };
  const differing: DifferingFile[] = [];
  for (const { first, element, suffix } of again) {
    const seconds = await artifactFiles(operation, session, [element], suffix);
    const differences = await compare(operation, { first, seconds, variation });
    if (differences.length > 0) differing.push({ path: first.path, differences });
  }
  return { outcomes, failed, differing };
}

async function compare(
  { engine }: Operation,
  { first, seconds, variation }: { first: TreeFile; seconds: readonly TreeFile[]; variation: BuildVariation },
): Promise<readonly Difference[]> {
  const [second] = seconds;
  if (second?.path !== first.path) {
    const names = seconds.map(({ path }) => `\`${path}\``).join(', ');
    return [{ reason: 'missing', detail: `the second build produced ${names === '' ? 'nothing' : names}` }];
  }
  if (second.sha256 === first.sha256) return [];
  // Loaded when there is something to explain.
  const { blobBytes } = await import('../inspection/archive.js');
  const { compareSdists, compareWheels } = await import('../inspection/compare-archives.js');
  const { blobs } = engine.store;
  const compareFiles = first.path.endsWith('.whl') ? compareWheels : compareSdists;
  const [a, b] = [blobBytes(blobs, first.digest, first.path), blobBytes(blobs, second.digest, second.path)];
  return await compareFiles(a, b, { buildPaths: buildPathsOf(variation) });
}
