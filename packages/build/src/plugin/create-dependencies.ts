import { createHash } from 'node:crypto';
import type { CreateDependencies, CreateDependenciesContext } from '@nx/devkit';
import { posix } from 'node:path';
import {
  localRequirements,
  METADATA_FILES,
  type ClosureOptions,
  type ProjectMetadata,
  type Requirement,
} from '@wheelhouse/python/internal';
import { requiredProblems, type ProblemProject } from '@wheelhouse/python-stage/internal';
import { AnswerMemo } from '../inference/answer-memo.js';
import { codeStamp } from '../inference/code-stamp.js';
import { SeenWorkspace } from '../inference/seen-workspace.js';
import { workspaceMemo } from '../inference/workspace-data.js';
import type { SortedProjects } from '../workspace/read-projects.js';

/** An edge as Nx takes it. Its own type names `DependencyType.static`, whose module takes long to load. */
interface Edge {
  readonly type: 'static';
  readonly source: string;
  readonly target: string;
  /** The file that says so, relative to the workspace. */
  readonly sourceFile: string;
}

/** An edge by the roots of its projects: their names in the graph are Nx's to say. */
type RootEdge = readonly [source: string, target: string, sourceFile: string];

/**
 * The dependencies between the Python projects of a workspace, from what they, their tests and their builds require,
 * wherever that is. A project that requires a project with a problem depends on it as well.
 */
export const createDependencies: CreateDependencies = (async (
  _options,
  { workspaceRoot: workspace, projects, fileMap },
) => {
  const environment = process.env;
  const seen = await SeenWorkspace.ofAll({ workspace, environment }, metadataFilesOf(fileMap));
  const key = createHash('sha256').update(`${codeStamp()}\n${seen.digest()}`).digest('hex');
  const memo = new AnswerMemo<readonly RootEdge[]>(workspaceMemo(workspace, environment)('edges'));
  let edges = memo.get(key);
  if (edges === undefined) {
    edges = edgesOf(await seen.projects());
    memo.put(key, edges);
  }
  const nameOf = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  return edges.flatMap(([from, to, sourceFile]): Edge[] => {
    const [source, target] = [nameOf.get(from), nameOf.get(to)];
    return source === undefined || target === undefined ? [] : [{ type: 'static', source, target, sourceFile }];
  });
}) as (...given: Parameters<CreateDependencies>) => Promise<Edge[]> as CreateDependencies;

/** The metadata files of projects, as Nx has them. */
function metadataFilesOf({ projectFileMap }: CreateDependenciesContext['fileMap']): string[] {
  return Object.values(projectFileMap).flatMap((files) =>
    files.flatMap(({ file }) => (METADATA_FILES.includes(posix.basename(file)) ? [file] : [])),
  );
}

function edgesOf({ readable, problems }: SortedProjects): RootEdge[] {
  const all = readable.map(({ metadata }) => metadata);
  return readable.flatMap(({ metadata, ref }) => [
    ...requiredEdges(metadata, all, ref.settings),
    ...edgesToProblems(metadata, problems),
  ]);
}

function edgesToProblems(project: ProjectMetadata, problems: readonly ProblemProject[]): RootEdge[] {
  return requiredProblems(project, problems).map(({ problem, requirement }) => [
    project.root,
    problem.ref.root,
    sourceFileOf(requirement, project),
  ]);
}

/** An edge to each project that is required, by the metadata file that requires it or leads there. */
function requiredEdges(
  project: ProjectMetadata,
  all: readonly ProjectMetadata[],
  settings: ClosureOptions | undefined,
): RootEdge[] {
  const edges = new Map<string, RootEdge>();
  for (const { project: required, requirement } of localRequirements(project, all, settings)) {
    if (edges.has(required.root)) continue;
    edges.set(required.root, [project.root, required.root, sourceFileOf(requirement, project)]);
  }
  return [...edges.values()];
}

/** Nx refuses an edge by a file that it does not see, as a requirements file may be. */
function sourceFileOf(requirement: Pick<Requirement, 'origin'> | undefined, project: ProjectMetadata): string {
  const said = requirement?.origin?.file ?? '';
  return METADATA_FILES.includes(posix.basename(said)) ? said : project.origins.name.file;
}
