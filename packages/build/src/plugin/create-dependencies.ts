import type { CreateDependencies } from '@nx/devkit';
import { posix } from 'node:path';
import { localRequirements, METADATA_FILES, type ClosureOptions, type ProjectMetadata } from '@wheelhouse/python';
import { readMetadata } from './metadata-reader.js';
import { workspaceMemo } from './workspace-data.js';
import { findProjects } from '../workspace/discovery.js';

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
 * wherever that is.
 */
export const createDependencies: CreateDependencies = (async (_options, { workspaceRoot, projects }) => {
  const found = await findProjects(workspaceRoot);
  const settingsOf = new Map(found.map(({ root, options }) => [root, options.settings]));
  const { projects: metadata } = await readMetadata(
    found.map(({ root }) => root),
    {
      workspace: workspaceRoot,
      environment: process.env,
      memo: workspaceMemo(workspaceRoot, process.env),
      settings: (root) => settingsOf.get(root),
    },
  );
  const nameOf = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const all = [...metadata.values()];
  return all.flatMap((project) => edgesOf(project, all, { nameOf, settings: settingsOf.get(project.root) }));
}) as (...given: Parameters<CreateDependencies>) => Promise<Edge[]> as CreateDependencies;

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
    // Nx refuses an edge by a file that it does not see, as a requirements file may be.
    const said = requirement?.origin?.file ?? '';
    const sourceFile = METADATA_FILES.includes(posix.basename(said)) ? said : project.origins.name.file;
    edges.set(target, { type: 'static', source, target, sourceFile });
  }
  return [...edges.values()];
}
