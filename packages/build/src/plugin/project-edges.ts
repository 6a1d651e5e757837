import { posix } from 'node:path';
import {
  localRequirements,
  METADATA_FILES,
  type ClosureOptions,
  type ProjectMetadata,
  type Requirement,
} from '@wheelhouse/python/internal';
import { requiredProblems, type ProblemProject } from '@wheelhouse/python-stage/internal';
import type { SortedProjects } from '../workspace/read-projects.js';

/** An edge from a project by the root of the other one: its name in the graph is Nx's to say. */
export type ProjectEdge = readonly [target: string, sourceFile: string];

/** The edges of projects, by their roots. */
export type ProjectEdges = ReadonlyMap<string, readonly ProjectEdge[]>;

/**
 * The edges from projects to what they, their tests and their builds require, wherever that is. A project that requires
 * a project with a problem depends on it as well.
 *
 * @param last edges that are known already
 */
export function projectEdges({ readable, problems }: SortedProjects, last: ProjectEdges = new Map()): ProjectEdges {
  const all = readable.map(({ metadata }) => metadata);
  return new Map(
    readable.map(({ metadata, ref }) => [
      metadata.root,
      last.get(metadata.root) ?? [
        ...requiredEdges(metadata, all, ref.settings),
        ...edgesToProblems(metadata, problems),
      ],
    ]),
  );
}

/** All projects that depend on some, directly or indirectly, and these themselves. */
export function dependents(roots: Iterable<string>, edges: ProjectEdges): ReadonlySet<string> {
  const sources = new Map<string, string[]>();
  for (const [source, each] of edges) {
    for (const [target] of each) {
      const known = sources.get(target);
      if (known === undefined) sources.set(target, [source]);
      else known.push(source);
    }
  }
  const found = new Set(roots);
  for (const root of found) for (const source of sources.get(root) ?? []) found.add(source);
  return found;
}

function edgesToProblems(project: ProjectMetadata, problems: readonly ProblemProject[]): ProjectEdge[] {
  if (problems.length === 0) return [];
  return requiredProblems(project, problems).map(({ problem, requirement }) => [
    problem.ref.root,
    sourceFileOf(requirement, project),
  ]);
}

/** An edge to each project that is required, by the metadata file that requires it or leads there. */
function requiredEdges(
  project: ProjectMetadata,
  all: readonly ProjectMetadata[],
  settings: ClosureOptions | undefined,
): ProjectEdge[] {
  const edges = new Map<string, ProjectEdge>();
  for (const { project: required, requirement } of localRequirements(project, all, settings)) {
    if (edges.has(required.root)) continue;
    edges.set(required.root, [required.root, sourceFileOf(requirement, project)]);
  }
  return [...edges.values()];
}

/** Nx refuses an edge by a file that it does not see, as a requirements file may be. */
function sourceFileOf(requirement: Pick<Requirement, 'origin'> | undefined, project: ProjectMetadata): string {
  const said = requirement?.origin?.file ?? '';
  return METADATA_FILES.includes(posix.basename(said)) ? said : project.origins.name.file;
}
