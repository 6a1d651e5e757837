import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { formatDigest, type ArtifactRecord, type Outcome, digestOf } from '@wheelhouse/element/internal';
import { parseWheelName } from '@wheelhouse/python/internal';
import { checkBuildClosures, checkClosure } from './check-closure.js';
import { checkMetadata } from './check-metadata.js';
import { includesSdist, onlySdist, type Format } from './formats.js';
import { inspectWheels } from './inspect-wheels.js';
import { manifestText, type Manifest } from '../wheelhouse/manifest.js';
import {
  artifactFiles,
  outputsOf,
  planClosure,
  toolchainFacts,
  usedFiles,
  type BuildOutcome,
  type Operation,
  type PlannedClosure,
} from '../workspace/operation.js';
import { doWork, type PlannedWork } from '../workspace/planned-work.js';
import { outsideHint } from './outside-hint.js';
import { sourceDigestOf } from './source-digest.js';
import { replaceOutputs } from '../workspace/replace-outputs.js';
import { outputDirectory, type TreeFile } from '../workspace/tree-files.js';
import type { PlannedProject } from '../plan/planned-project.js';
import type { Variation } from '../plan/build-variation.js';
import type { DifferingFile } from './verify-build.js';
import { wheelhouseDocuments } from './wheelhouse-documents.js';
import type { WheelFinding } from '../inspection/wheel-finding.js';
import { MANIFEST, REQUIREMENTS } from '../wheelhouse/layout.js';

/** How {@link buildWheel} builds, if it differs from the defaults. */
export interface WheelOptions {
  /** What is made; `wheel` is always among them. Default: the wheel alone. */
  readonly formats?: readonly Format[] | undefined;
  /** Whether to build a second time in a varied environment, and compare (docs/adr/0030). */
  readonly verify?: boolean | undefined;
  /** What of the sandbox contract the second build does not keep. Default: nothing. */
  readonly vary?: readonly Variation[] | undefined;
  /** Whether what is only a warning in what was built fails. */
  readonly strict?: boolean | undefined;
}

/** What {@link buildWheel} made. */
export interface WheelResult {
  readonly outcomes: readonly Outcome[];
  /** What is most likely an accident in the wheels that were built. */
  readonly warnings: readonly WheelFinding[];
  /** What to do about a failure. */
  readonly hints?: readonly string[];
  /** The files that a second build made otherwise. */
  readonly differing: readonly DifferingFile[];
  /** The names of the files that a second build made the same; empty if there was none. */
  readonly verified: readonly string[];
  /** Absent if an element failed or a second build differs. */
  readonly made?: {
    readonly manifest: Manifest;
    /** Absolute paths. */
    readonly wheel: string;
    readonly wheelhouse: string;
    readonly sdist?: string;
  };
}

/**
 * Builds a project's wheel and everything that has to be installed with it, and writes `dist/<root>/wheel/`,
 * `dist/<root>/sdist/` where that is asked for, `dist/<root>/wheelhouse/` and `dist/<root>/manifest.json`. When an
 * element fails, or a second build differs, nothing is written.
 *
 * @throws ElementError FORMATS, LOCK_MISSING, LOCK_STALE, LOCK_HASH, FETCH, INTERPRETER, SANDBOX, ARTIFACT
 */
export async function buildWheel(operation: Operation, options: WheelOptions = {}): Promise<WheelResult> {
  return await doWork(await planWheel(operation, options));
}

/**
 * What {@link buildWheel} builds and makes of it, so that those of several projects can be built together.
 *
 * @throws ElementError FORMATS, LOCK_MISSING, LOCK_STALE, INTERPRETER
 */
export async function planWheel(operation: Operation, options: WheelOptions = {}): Promise<PlannedWork<WheelResult>> {
  const withSdist = includesSdist(options.formats);
  const closure = await planClosure(operation);
  const { own, plan } = closure;
  const name = plan.wheel(own);
  const snapshot = plan.snapshot(own);
  const installed = [...closure.all.map((each) => plan.wheel(each)), ...plan.wheelsOf(own.locks.runtime, own)];
  const distributions = [name, ...(withSdist ? [plan.sdist(own)] : [])];
  return {
    operation,
    closure,
    targets: [...new Set([snapshot, ...installed, ...distributions])],
    whileRunning: () => {
      void Promise.all([import('../inspection/inspect-wheel.js'), import('./bill-of-materials.js')]);
    },
    finish: (built) => finishWheel({ operation, closure, options, snapshot, installed, distributions }, built),
  };
}

/** What was asked of a project, by the names of its elements. */
interface WheelWork {
  readonly operation: Operation;
  readonly closure: PlannedClosure;
  readonly options: WheelOptions;
  readonly snapshot: string;
  /** Elements of the wheels that are installed together. */
  readonly installed: readonly string[];
  /** The wheel and, where it is asked for, the sdist. */
  readonly distributions: readonly string[];
}

async function finishWheel(
  { operation, closure, options, snapshot, installed, distributions }: WheelWork,
  { session, outcomes, failed }: BuildOutcome,
): Promise<WheelResult> {
  const { own, plan } = closure;
  const name = plan.wheel(own);
  await checkBuildClosures(operation, { closure, session });
  if (failed) {
    const [record] = outcomes.flatMap((each) =>
      each.status === 'failed' && distributions.includes(each.element.name) ? [each.record] : [],
    );
    const hints = record === undefined ? [] : await hintsOf(operation, own, record);
    const { hintsOfFailures } = await import('./system-hint.js');
    hints.push(...(await hintsOfFailures(operation, own.toolchain, outcomes)));
    return { outcomes, warnings: [], ...(hints.length === 0 ? {} : { hints }), differing: [], verified: [] };
  }

  await checkClosure(operation, { closure, session, kind: 'runtime' });
  const { blobs } = operation.engine.store;
  const wheel = onlyWheel(name, await artifactFiles(operation, session, [name], '.whl'));
  await checkMetadata(operation, { closure, session });
  const wheels = await artifactFiles(operation, session, installed, '.whl');
  const sdist = includesSdist(options.formats)
    ? onlySdist(plan.sdist(own), await artifactFiles(operation, session, [plan.sdist(own)]))
    : undefined;
  const strict = options.strict === true;
  const warnings = await inspectWheels(operation, { closure, session, wheel, installed, strict });
  if (options.verify === true) {
    const { verifyBuild } = await import('./verify-build.js');
    const fresh = outcomes.some(({ status, element }) => status === 'built' && element.name === name);
    const again = await verifyBuild(operation, closure, { wheel, sdist, vary: options.vary ?? [], fresh });
    if (again.failed || again.differing.length > 0) {
      return { outcomes: [...outcomes, ...again.outcomes], warnings, differing: again.differing, verified: [] };
    }
  }
  const requirements = requirementsText(wheels, requiresAddress(closure));
  const { dist } = outputsOf(operation);
  const facts: Omit<Manifest, 'files'> = {
    project: own.metadata.name,
    version: parseWheelName(wheel.path).version,
    elementKey: session.keys.key(session.element(name)),
    sourceDigest: sourceDigestOf(session.element(name)),
    snapshotDigest: formatDigest(session.recordOf(snapshot).tree),
    uses: usedFiles(
      await artifactFiles(operation, session, [snapshot]),
      installed.map((each) => session.element(each)),
    ).map(({ path, sha256 }) => ({ path, sha256 })),
    toolchain: toolchainFacts(closure, session),
  };
  const documents = await wheelhouseDocuments(operation, { closure, session, facts, wheels, sdist, requirements });
  const texts = { [REQUIREMENTS]: requirements, ...documents };
  const { project, version, ...more } = facts;
  const manifest: Manifest = {
    project,
    version,
    files: [
      ...[wheel].map(inDirectory('wheel')),
      ...(sdist === undefined ? [] : [sdist].map(inDirectory('sdist'))),
      ...wheels.map(inDirectory('wheelhouse')),
      ...Object.entries(texts).map(([name, text]) => ({ path: `wheelhouse/${name}`, sha256: digestOf(text).hash })),
    ],
    ...more,
  };
  await replaceOutputs(blobs, [
    await outputDirectory(blobs, join(dist, 'wheel'), [wheel]),
    sdist === undefined
      ? { path: join(dist, 'sdist'), absent: true }
      : await outputDirectory(blobs, join(dist, 'sdist'), [sdist]),
    await outputDirectory(blobs, join(dist, 'wheelhouse'), wheels, texts),
    { path: join(dist, MANIFEST), text: manifestText(manifest) },
  ]);
  return {
    outcomes,
    warnings,
    differing: [],
    verified: options.verify === true ? [wheel, ...(sdist === undefined ? [] : [sdist])].map(({ path }) => path) : [],
    made: {
      manifest,
      wheel: join(dist, 'wheel', wheel.path),
      wheelhouse: join(dist, 'wheelhouse'),
      ...(sdist === undefined ? {} : { sdist: join(dist, 'sdist', sdist.path) }),
    },
  };
}

async function hintsOf(operation: Operation, own: PlannedProject, record: ArtifactRecord): Promise<string[]> {
  const { ignoredHint } = await import('./ignored-hint.js');
  const hints = [await outsideHint(operation, own, record), await ignoredHint(operation, record)];
  return hints.filter((hint) => hint !== undefined);
}

/**
 * A requirements file that installs exactly these wheels, with pip's `--require-hashes`.
 *
 * @param direct whether one of them requires an address, to which pip would go
 */
function requirementsText(wheels: readonly TreeFile[], direct: boolean): string {
  const lines = wheels.map(({ path, sha256 }) => {
    const { name, version } = parseWheelName(path);
    return `${name}==${version} \\\n    --hash=sha256:${sha256}\n`;
  });
  return `${direct ? DIRECT : ''}${lines.sort().join('')}`;
}

const DIRECT =
  '# a wheel here has a direct URL requirement: pip install --no-deps --no-index --require-hashes -f DIR -r DIR/requirements.txt\n';

/** Whether a wheel of a project or of what it locks requires an address instead of a version. */
function requiresAddress({ all, own }: PlannedClosure): boolean {
  return (
    (own.locks.runtime.vendored ?? []).length > 0 ||
    all
      .flatMap(({ metadata }) => [...metadata.dependencies, ...Object.values(metadata.optionalDependencies).flat()])
      .some(({ url }) => url !== undefined)
  );
}

function onlyWheel(element: string, wheels: readonly TreeFile[]): TreeFile {
  const [wheel] = wheels;
  if (wheel !== undefined && wheels.length === 1) return wheel;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `${element}: the backend built ${wheels.length} wheels instead of one`,
  });
}

function inDirectory(directory: string): (file: TreeFile) => { path: string; sha256: string } {
  return ({ path, sha256 }) => ({ path: `${directory}/${path}`, sha256 });
}
