import { join } from 'node:path';
import { formatDigest, type Outcome } from '@wheelhouse/element';
import { manifestText, type Manifest } from './manifest.js';
import {
  artifactFiles,
  buildTargets,
  outputsOf,
  planClosure,
  toolchainFacts,
  usedFiles,
  type Operation,
} from './operation.js';
import { sourceDigestOf } from './source-digest.js';
import { writeOutputs, writeText, type TreeFile } from './tree-files.js';
import { digestOf, ElementError } from '@wheelhouse/element';
import { parseWheelName } from './wheel-name.js';
import { wheelhouseDocuments } from './wheelhouse-documents.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { compareVersions } from '../requirements/specifier.js';
import { REQUIREMENTS } from '../wheelhouse/layout.js';

/** What {@link buildWheel} made; `undefined` where an element failed. */
export interface WheelResult {
  readonly outcomes: readonly Outcome[];
  readonly made?: {
    readonly manifest: Manifest;
    /** Absolute paths. */
    readonly wheel: string;
    readonly wheelhouse: string;
  };
}

/**
 * Builds a project's wheel and everything that has to be installed with it, and writes `dist/<root>/wheel/`,
 * `dist/<root>/wheelhouse/` and `dist/<root>/manifest.json`. When an element fails, nothing is written.
 *
 * @throws ElementError LOCK_MISSING, LOCK_STALE, LOCK_HASH, FETCH, INTERPRETER, SANDBOX, ARTIFACT
 */
export async function buildWheel(operation: Operation): Promise<WheelResult> {
  const closure = await planClosure(operation);
  const { own, plan } = closure;
  const name = plan.wheel(own);
  const snapshot = plan.snapshot(own);
  const installed = [...closure.all.map((each) => plan.wheel(each)), ...plan.wheelsOf(own.locks.runtime, own)];
  const { session, outcomes, failed } = await buildTargets(operation, closure, [snapshot, ...installed]);
  if (failed) return { outcomes };

  const { blobs } = operation.engine.store;
  const wheel = onlyWheel(name, await artifactFiles(operation, session, [name], '.whl'));
  checkIdentity(own.metadata, wheel.path);
  const wheels = await artifactFiles(operation, session, installed, '.whl');
  const requirements = requirementsText(wheels);
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
    toolchain: toolchainFacts(own, session),
  };
  const documents = await wheelhouseDocuments(operation, { closure, session, facts, wheels, requirements });
  const texts = { [REQUIREMENTS]: requirements, ...documents };
  await writeOutputs(blobs, join(dist, 'wheel'), [wheel]);
  await writeOutputs(blobs, join(dist, 'wheelhouse'), wheels, texts);
  const { project, version, ...more } = facts;
  const manifest: Manifest = {
    project,
    version,
    files: [
      ...[wheel].map(inDirectory('wheel')),
      ...wheels.map(inDirectory('wheelhouse')),
      ...Object.entries(texts).map(([name, text]) => ({ path: `wheelhouse/${name}`, sha256: digestOf(text).hash })),
    ],
    ...more,
  };
  await writeText(join(dist, 'manifest.json'), manifestText(manifest));
  return {
    outcomes,
    made: { manifest, wheel: join(dist, 'wheel', wheel.path), wheelhouse: join(dist, 'wheelhouse') },
  };
}

/** The backend has to have seen the project whose metadata was read. @throws ElementError ARTIFACT */
function checkIdentity(metadata: ProjectMetadata, file: string): void {
  const { name, version } = parseWheelName(file);
  const sameVersion = metadata.version === undefined || compareVersions(version, metadata.version) === 0;
  if (name === metadata.normalizedName && sameVersion) return;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `the backend built \`${file}\` of the project \`${metadata.name}\`${
      metadata.version === undefined ? '' : ` ${metadata.version}`
    }`,
    origin: metadata.origins.name,
    hint: 'the files that name it are no source of its wheel: see the option `exclude`',
  });
}

/** A requirements file that installs exactly these wheels, with pip's `--require-hashes`. */
function requirementsText(wheels: readonly TreeFile[]): string {
  const lines = wheels.map(({ path, sha256 }) => {
    const { name, version } = parseWheelName(path);
    return `${name}==${version} \\\n    --hash=sha256:${sha256}\n`;
  });
  return lines.sort().join('');
}

function onlyWheel(element: string, wheels: readonly TreeFile[]): TreeFile {
  const [wheel] = wheels;
  if (wheel !== undefined && wheels.length === 1) return wheel;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `${element}: the backend left ${wheels.length} wheels where one was expected`,
  });
}

function inDirectory(directory: string): (file: TreeFile) => { path: string; sha256: string } {
  return ({ path, sha256 }) => ({ path: `${directory}/${path}`, sha256 });
}
