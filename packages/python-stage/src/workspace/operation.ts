import { join } from 'node:path';
import { type Element } from '@wheelhouse/element';
import {
  hasFailed,
  HostElement,
  PackagesSource,
  throwErrors,
  type BuildSession,
  type Outcome,
} from '@wheelhouse/element/internal';
import { DebianSource, ImageSource } from '@wheelhouse/oci/internal';
import { readToolsLock } from '@wheelhouse/python/fetch';
import { finishBackground, openPlan, outputDirectory, type PythonEngine } from './python-engine.js';
import type { PlannedProject } from '../plan/planned-project.js';
import { ProjectPlan } from '../plan/project-plan.js';
import { toolchainUse } from '../plan/toolchain-use.js';
import type { PythonWorkspace } from './python-workspace.js';
import type { WorkspaceProject } from './workspace-project.js';
import { filesOf, sortFiles, type TreeFile } from './tree-files.js';
import type { FileDigest, ToolchainFacts } from '../wheelhouse/manifest.js';
import { CrateSource } from '../sources/crate.js';
import { DistributionSource } from '../sources/distribution.js';

/** What an operation on a project works with. */
export interface Operation {
  readonly workspace: PythonWorkspace;
  readonly project: WorkspaceProject;
  readonly engine: PythonEngine;
}

/** A project and the projects of the workspace that are installed with it, planned; `own` is the first of `all`. */
export interface PlannedClosure {
  readonly own: PlannedProject;
  readonly local: readonly PlannedProject[];
  readonly all: readonly PlannedProject[];
  readonly plan: ProjectPlan;
}

/**
 * Plans a project and what its interpreter needs of the workspace.
 *
 * @param use `test` for what is installed with it where it is tested or worked on; `runtime` for what is shipped with it
 * @param where `machine` for what is used on this machine itself
 * @throws ElementError LOCK_MISSING, LOCK_STALE, INTERPRETER, of the project or a local dependency
 */
export async function planClosure(
  { workspace, project }: Pick<Operation, 'workspace' | 'project'>,
  use: 'runtime' | 'test' = 'runtime',
  where: 'toolchain' | 'machine' = 'toolchain',
): Promise<PlannedClosure> {
  const own = await workspace.planned(project, where);
  const needed = [...new Set(['runtime', use] as const)].flatMap((each) =>
    workspace.localDependencies(project, each, own.interpreter.markers),
  );
  const local: PlannedProject[] = [];
  for (const dependency of needed) local.push(await workspace.planned(dependency, where));
  return { own, local, all: [own, ...local], plan: new ProjectPlan(readToolsLock()) };
}

/** What a build of planned elements came to. `failed` are the elements without an artifact; then nothing was written. */
export interface BuildOutcome {
  readonly session: BuildSession;
  readonly outcomes: readonly Outcome[];
  readonly failed: boolean;
}

/**
 * Builds the targets of a plan, with what has to be fetched for them fetched at once.
 *
 * @throws ElementError
 */
export async function buildTargets(
  { workspace, engine }: Operation,
  { plan, all }: PlannedClosure,
  targets: readonly string[],
): Promise<BuildOutcome> {
  return await buildSession(engine, await openPlan(workspace, engine, { plan, targets, projects: all }));
}

/** Builds what was opened, and awaits what goes on beside. @throws ElementError of elements that could not be carried out */
export async function buildSession(engine: PythonEngine, session: BuildSession): Promise<BuildOutcome> {
  const outcomes = await session.build();
  throwErrors(outcomes);
  await finishBackground(engine);
  return { session, outcomes, failed: outcomes.some(hasFailed) };
}

/** The files in the artifacts of these elements whose names end like that. */
export async function artifactFiles(
  { engine }: Operation,
  session: BuildSession,
  elements: readonly string[],
  suffix = '',
): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const name of elements) files.push(...(await filesOf(engine.store.blobs, session.recordOf(name).tree, suffix)));
  return sortFiles(files);
}

/** Those files of a snapshot that are fetched for the given elements, recursively. */
export function usedFiles<T extends FileDigest>(snapshot: readonly T[], elements: readonly Element[]): T[] {
  const hashes = new Set<string>();
  for (const { sources } of elementsBelow(elements)) {
    for (const source of sources) {
      if (source instanceof DistributionSource || source instanceof CrateSource)
        for (const hash of source.hashes) hashes.add(hash.replace('sha256:', ''));
    }
  }
  return snapshot.filter(({ sha256 }) => hashes.has(sha256));
}

/** These elements and all that they depend on. */
function elementsBelow(elements: readonly Element[]): ReadonlySet<Element> {
  const visited = new Set<Element>();
  const visit = (element: Element): void => {
    if (visited.has(element)) return;
    visited.add(element);
    for (const dependency of element.dependencies) visit(dependency.element);
  };
  for (const element of elements) visit(element);
  return visited;
}

/** What the manifest says of the toolchain that these elements are built with. */
export function toolchainFacts({ own, all, plan }: PlannedClosure, session: BuildSession): ToolchainFacts {
  const { elements } = session.graph;
  const [main = ''] = plan.toolchain(own, toolchainUse(own, 'wheel').use);
  const toolchain = elements.find(({ name }) => name === main);
  const wheels = [...all.map((each) => plan.wheel(each)), ...plan.wheelsOf(own.locks.runtime, own)];
  const needed = elementsBelow(wheels.map((name) => session.element(name)));
  const cargo = elements.find((element) => element.name.startsWith('rust/') && needed.has(element));
  const { interpreter } = own;
  const version = all.find(({ rust }) => rust !== undefined)?.rust?.version ?? '';
  return {
    implementation: interpreter.implementation,
    version: interpreter.version,
    soabi: interpreter.soabi,
    identity: toolchain === undefined ? '' : contentHash(toolchain),
    ...(cargo === undefined ? {} : { rust: { version, identity: contentHash(cargo) } }),
  };
}

/** SHA-256 over what a toolchain consists of, in hexadecimal. */
function contentHash(toolchain: Element): string {
  if (toolchain instanceof HostElement) return toolchain.identityHash;
  for (const source of toolchain.sources) {
    if (source instanceof PackagesSource) return source.captured.tree.hash;
    if (source instanceof ImageSource || source instanceof DebianSource) return source.identityHash;
  }
  throw new Error(`${toolchain.name} is not a toolchain`);
}

/** Absolute paths of where a project's outputs are. */
export function outputsOf({ workspace, project }: Operation): {
  readonly dist: string;
  readonly reports: string;
} {
  return {
    dist: outputDirectory(workspace.directory, project.ref.root),
    reports: join(workspace.directory, 'reports', project.ref.root),
  };
}
