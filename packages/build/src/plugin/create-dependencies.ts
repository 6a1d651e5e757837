import { posix } from 'node:path';
import type { CreateDependencies, CreateDependenciesContext } from '@nx/devkit';
import { METADATA_FILES } from '@wheelhouse/python/internal';
import { edgesMemo } from './edges-memo.js';
import type { ProjectEdges } from './project-edges.js';
import { SeenWorkspace } from '../inference/seen-workspace.js';

/** An edge as Nx takes it. Its own type names `DependencyType.static`, whose module takes long to load. */
interface Edge {
  readonly type: 'static';
  readonly source: string;
  readonly target: string;
  /** The file that says so, relative to the workspace. */
  readonly sourceFile: string;
}

/** The dependencies between the Python projects of a workspace: see `projectEdges`. */
export const createDependencies: CreateDependencies = (async (_options, { workspaceRoot, projects, fileMap }) => {
  const place = { workspace: workspaceRoot, environment: process.env };
  const seen = await SeenWorkspace.ofAll(place, metadataFilesOf(fileMap));
  const memo = edgesMemo(seen, place);
  const edges = memo.get() ?? (await computed(seen));
  memo.put(edges);
  const nameOf = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  return [...edges].flatMap(([from, each]) =>
    each.flatMap(([to, sourceFile]): Edge[] => {
      const [source, target] = [nameOf.get(from), nameOf.get(to)];
      return source === undefined || target === undefined ? [] : [{ type: 'static', source, target, sourceFile }];
    }),
  );
}) as (...given: Parameters<CreateDependencies>) => Promise<Edge[]> as CreateDependencies;

async function computed(seen: SeenWorkspace): Promise<ProjectEdges> {
  const { projectEdges } = await import('./project-edges.js');
  return projectEdges(await seen.projects());
}

/** The metadata files of projects, as Nx has them. */
function metadataFilesOf({ projectFileMap }: CreateDependenciesContext['fileMap']): string[] {
  return Object.values(projectFileMap).flatMap((files) =>
    files.flatMap(({ file }) => (METADATA_FILES.includes(posix.basename(file)) ? [file] : [])),
  );
}
