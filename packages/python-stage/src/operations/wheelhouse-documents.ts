import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, type BuildSession } from '@wheelhouse/element/internal';
import { packageVersion } from '@wheelhouse/element/program';
import { parseWheelName } from '@wheelhouse/python/internal';
import { sdistKey, type Lock, select, type Crate } from '@wheelhouse/python/lockfile';
import type { FileDigest, Manifest } from '../wheelhouse/manifest.js';
import { outputsOf, type Operation, type PlannedClosure } from '../workspace/operation.js';
import { buildLockOf, type PlannedProject } from '../plan/planned-project.js';
import { sourceCommit } from './source-commit.js';
import { sourceDigestOf } from './source-digest.js';
import type { TreeFile } from '../workspace/tree-files.js';
import { BundledSource } from '../sources/bundled.js';
import { PROVENANCE, REQUIREMENTS, SBOM } from '../wheelhouse/layout.js';
import {
  commitIn,
  provenanceOf,
  withCommit,
  withSbom,
  type Provenance,
  type WheelOrigin,
} from '../wheelhouse/provenance.js';
import { statementText, type Statement } from '../wheelhouse/statement.js';

/** A wheelhouse that is to be described. */
export interface DescribedWheelhouse {
  readonly closure: PlannedClosure;
  readonly session: BuildSession;
  /** What the manifest says, but for the files. */
  readonly facts: Omit<Manifest, 'files'>;
  readonly wheels: readonly TreeFile[];
  /** The project's sdist, where one is built beside the wheel; it is no part of the wheelhouse. */
  readonly sdist: TreeFile | undefined;
  /** The text of requirements.txt. */
  readonly requirements: string;
}

/** The texts of the documents in a wheelhouse, by their names. */
export type WheelhouseDocuments = Readonly<Record<typeof SBOM | typeof PROVENANCE, string>>;

/**
 * The bill of materials and the provenance of a wheelhouse (docs/adr/0034). Documents that are there and say what these
 * would say are kept, so that nothing is read of the wheels when nothing has changed.
 */
export async function wheelhouseDocuments(
  operation: Operation,
  described: DescribedWheelhouse,
): Promise<WheelhouseDocuments> {
  const { workspace } = operation;
  const statement = await statementOf(operation, described);
  const kept = await keptDocuments(join(outputsOf(operation).dist, 'wheelhouse'), statement);
  if (kept !== undefined) return kept;
  // Loaded when something has changed: it reads archives, and writes CycloneDX.
  const { billOfMaterials } = await import('./bill-of-materials.js');
  const roots = described.closure.all.map(({ metadata }) => metadata.root);
  const [sbom, commit] = await Promise.all([
    billOfMaterials(operation.engine.store.blobs, {
      wheels: described.wheels,
      project: described.closure.own,
      crates: cratesOf(described.wheels, described.closure, described.facts.uses),
    }),
    sourceCommit(workspace.directory, roots),
  ]);
  const complete = withCommit(withSbom(statement, digestOf(sbom).hash), commit);
  return { [SBOM]: sbom, [PROVENANCE]: statementText(complete) };
}

/** The crates that wheels were built with here, by the wheels' normalised names. */
function cratesOf(
  wheels: readonly FileDigest[],
  closure: PlannedClosure,
  uses: readonly FileDigest[],
): Map<string, readonly Crate[]> {
  const { locks, interpreter } = closure.own;
  const entries = new Map(select(locks.runtime, interpreter.markers).map((entry) => [entry.normalizedName, entry]));
  return new Map(
    wheels.map((file) => {
      const { name } = parseWheelName(file.path);
      const local = closure.all.find(({ metadata }) => metadata.normalizedName === name);
      const entry = entries.get(name);
      const isBuilt = entry !== undefined && originOf(file, closure, uses) === 'sdist';
      return [name, local?.crates ?? (isBuilt ? locks.build.get(sdistKey(entry))?.crates : undefined) ?? []];
    }),
  );
}

/** The provenance, but for the digest of the bill of materials and the commit, which take longer to find out. */
async function statementOf(
  { workspace }: Operation,
  { closure, session, facts, wheels, sdist, requirements }: DescribedWheelhouse,
): Promise<Statement<Provenance>> {
  const { own, local, all, plan } = closure;
  const locks = [
    ...usedLocks(own, [own.locks.runtime, buildLockOf(own)]),
    ...local.flatMap((each) => usedLocks(each, [buildLockOf(each)])),
  ];
  return provenanceOf({
    project: facts.project,
    version: packageVersion(__dirname),
    formats: sdist === undefined ? ['wheel'] : ['wheel', 'sdist'],
    frontend: own.settings.frontend ?? 'hook',
    markers: own.interpreter.markers,
    toolchain: facts.toolchain,
    elementKey: facts.elementKey,
    wheels: wheels.map((file) => ({ ...file, origin: originOf(file, closure, facts.uses) })),
    sources: all.map((each) => ({
      root: each.metadata.root,
      digest: sourceDigestOf(session.element(plan.wheel(each))),
    })),
    helpers: helpersDigest(session),
    snapshot: facts.snapshotDigest,
    locks: await lockDigests(workspace.directory, locks),
    uses: facts.uses,
    byproducts: [
      { path: REQUIREMENTS, sha256: digestOf(requirements).hash },
      ...(sdist === undefined ? [] : [{ path: sdist.path, sha256: sdist.sha256 }]),
    ],
  });
}

function originOf(
  { path, sha256 }: FileDigest,
  { own, all }: PlannedClosure,
  uses: readonly FileDigest[],
): WheelOrigin {
  const { name } = parseWheelName(path);
  if (name === own.metadata.normalizedName) return 'project';
  if (all.some(({ metadata }) => metadata.normalizedName === name)) return 'workspace';
  return uses.some((file) => file.sha256 === sha256) ? 'snapshot' : 'sdist';
}

/** These locks of a project, and the build locks of the sdists in them, recursively. */
function usedLocks({ locks, interpreter }: PlannedProject, from: readonly Lock[]): Lock[] {
  const used = new Set(from);
  for (const lock of used) {
    for (const entry of select(lock, interpreter.markers)) {
      const build = locks.build.get(sdistKey(entry));
      if (build !== undefined) used.add(build);
    }
  }
  return [...used];
}

async function lockDigests(workspace: string, locks: readonly Lock[]): Promise<FileDigest[]> {
  const files = [...new Set(locks.map(({ file }) => file))].sort();
  return await Promise.all(
    files.map(async (path) => ({ path, sha256: digestOf(await readFile(join(workspace, path))).hash })),
  );
}

/** The tree of the scripts that run in the sandbox. */
function helpersDigest(session: BuildSession): string {
  const sources = session.graph.elements.flatMap((element) => element.sources);
  const helpers = sources.find((source) => source instanceof BundledSource);
  if (helpers === undefined) throw new Error('a wheel was built without the scripts of the sandbox');
  return helpers.treeDigest;
}

/** The existing documents of a wheelhouse, if they equal those that would be written, except for the commit. */
async function keptDocuments(
  directory: string,
  statement: Statement<Provenance>,
): Promise<WheelhouseDocuments | undefined> {
  const paths = [SBOM, PROVENANCE].map((name) => join(directory, name));
  if (!paths.every((path) => existsSync(path))) return undefined;
  const [sbom = '', provenance = ''] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  const wanted = withCommit(withSbom(statement, digestOf(sbom).hash), commitIn(provenance));
  return statementText(wanted) === provenance ? { [SBOM]: sbom, [PROVENANCE]: provenance } : undefined;
}
