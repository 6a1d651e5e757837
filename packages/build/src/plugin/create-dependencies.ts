import type { CreateDependencies } from '@nx/devkit';
import { localDependencies, localProject, type ProjectMetadata } from '@wheelhouse/python';
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

/** The dependencies between the Python projects of a workspace, from what they require when they run. */
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
  return all.flatMap((project) =>
    edgesOf(project, all, { nameOf, extras: settingsOf.get(project.root)?.extras ?? [] }),
  );
}) as (...given: Parameters<CreateDependencies>) => Promise<Edge[]> as CreateDependencies;

/**
 * An edge to each project that is required by name, and to those that come in another way: by an extra of a project,
 * which only whoever asks for it depends on.
 */
function edgesOf(
  project: ProjectMetadata,
  all: readonly ProjectMetadata[],
  { nameOf, extras }: { readonly nameOf: ReadonlyMap<string, string>; readonly extras: readonly string[] },
): Edge[] {
  const needed = localDependencies(project, all, { extras });
  const required = new Map(project.dependencies.map((requirement) => [localProject(requirement, all), requirement]));
  const direct = needed.filter((each) => required.has(each));
  const reached = new Set(direct.flatMap((each) => localDependencies(each, all)));
  return needed.flatMap((target): Edge[] => {
    const requirement = required.get(target);
    if (requirement === undefined && reached.has(target)) return [];
    const [from, to] = [nameOf.get(project.root), nameOf.get(target.root)];
    if (from === undefined || to === undefined) return [];
    const sourceFile = requirement?.origin?.file ?? project.origins.name.file;
    return [{ type: 'static', source: from, target: to, sourceFile }];
  });
}
