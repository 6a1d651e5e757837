import type { CreateDependencies } from '@nx/devkit';
import { posix } from 'node:path';
import {
  localRequirements,
  METADATA_FILES,
  type ClosureOptions,
  type ProjectMetadata,
  type Requirement,
} from '@wheelhouse/python/internal';
import { requiredProblems, type ProblemProject } from '@wheelhouse/python-stage/internal';
import { workspaceMemo } from './workspace-data.js';
import { findProjects } from '../workspace/discovery.js';
import { readFoundProjects } from '../workspace/read-projects.js';

/** An edge as Nx takes it. Its own type names `DependencyType.static`, whose module takes long to load. */
interface Edge {
  readonly type: 'static';
  readonly source: string;
  readonly target: string;
  /** The file that says so, relative to the workspace. */
  readonly sourceFile: string;
}

/**
 * The dependencies between the Python projects of a workspace, from what they, their tests and their builds require,
 * wherever that is. A project that requires a project with a problem depends on it as well.
 */
export const createDependencies: CreateDependencies = (async (_options, { workspaceRoot, projects }) => {
  const memo = workspaceMemo(workspaceRoot, process.env);
  const { readable, problems } = await readFoundProjects(await findProjects(workspaceRoot), {
    workspace: workspaceRoot,
    environment: process.env,
    memos: { metadata: memo('metadata'), interpreters: memo('interpreters') },
  });
  const nameOf = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const all = readable.map(({ metadata }) => metadata);
  return readable.flatMap(({ metadata, ref }) => [
    ...edgesOf(metadata, all, { nameOf, settings: ref.settings }),
    ...edgesToProblems(metadata, problems, nameOf),
  ]);
}) as (...given: Parameters<CreateDependencies>) => Promise<Edge[]> as CreateDependencies;

function edgesToProblems(
  project: ProjectMetadata,
  problems: readonly ProblemProject[],
  nameOf: ReadonlyMap<string, string>,
): Edge[] {
  return requiredProblems(project, problems).flatMap(({ problem, requirement }): Edge[] => {
    const [source, target] = [nameOf.get(project.root), nameOf.get(problem.ref.root)];
    if (source === undefined || target === undefined) return [];
    return [{ type: 'static', source, target, sourceFile: sourceFileOf(requirement, project) }];
  });
}

/** An edge to each project that is required, by the metadata file that requires it or leads there. */
function edgesOf(
  project: ProjectMetadata,
  all: readonly ProjectMetadata[],
  { nameOf, settings }: { readonly nameOf: ReadonlyMap<string, string>; readonly settings: ClosureOptions | undefined },
): Edge[] {
  const source = nameOf.get(project.root);
  const edges = new Map<string, Edge>();
  for (const { project: required, requirement } of localRequirements(project, all, settings)) {
    const target = nameOf.get(required.root);
    if (source === undefined || target === undefined || edges.has(target)) continue;
    edges.set(target, { type: 'static', source, target, sourceFile: sourceFileOf(requirement, project) });
  }
  return [...edges.values()];
}

/** Nx refuses an edge by a file that it does not see, as a requirements file may be. */
function sourceFileOf(requirement: Pick<Requirement, 'origin'> | undefined, project: ProjectMetadata): string {
  const said = requirement?.origin?.file ?? '';
  return METADATA_FILES.includes(posix.basename(said)) ? said : project.origins.name.file;
}
