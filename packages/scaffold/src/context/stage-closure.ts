import { ElementError } from '@wheelhouse/element';
import {
  localBuildDependencies,
  localClosure,
  type LocalMember,
  type MarkerEnvironment,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';
import { readLocks } from '@wheelhouse/python/lockfile';
import { stageMarkers } from './stage-markers.js';
import { stageProjects, type StageProject } from './stage-projects.js';

/** What a project's build stage is made of. */
export interface StageClosure {
  readonly own: StageProject;
  /** Projects of the workspace that are installed with it, dependencies first. */
  readonly runtime: readonly StageProject[];
  /** Those that its tests alone need. */
  readonly tests: readonly StageProject[];
  /** Those that wheels are built with, each after what its own is built with. */
  readonly tools: readonly StageProject[];
  /** The projects of the workspace that one's wheel is built with. */
  readonly builtWith: (project: StageProject) => readonly ProjectMetadata[];
  /** The caller's own, which may give versions. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The project in a directory, with the projects of the workspace that it and its tests need.
 *
 * @param directory the workspace, absolute
 * @param root the project's directory relative to it
 * @throws ElementError METADATA, LOCK_MISSING, LOCK_INVALID; STAGE if there is no project
 */
export async function stageClosure(
  directory: string,
  root: string,
  environment: NodeJS.ProcessEnv,
): Promise<StageClosure> {
  const projects = await stageProjects(directory, root, environment);
  const own = projects.find(({ metadata }) => metadata.root === root);
  if (own === undefined) {
    throw new ElementError({
      code: 'STAGE',
      message: `\`${root}\` has no file that names a distribution`,
      hint: 'run `nx g @wheelhouse/scaffold:build-stage` to write one',
    });
  }
  const all = projects.map(({ metadata }) => metadata);
  const markers = await stageMarkers(directory, own.metadata, environment);
  const members = localClosure(own.metadata, all, { ...own.settings, environment: markers });
  const among = (wanted: readonly ProjectMetadata[]): StageProject[] =>
    wanted.flatMap((each) => projects.filter(({ metadata }) => metadata === each));
  const used = (isMeant: (member: LocalMember) => boolean): StageProject[] =>
    among(members.filter(isMeant).map(({ project }) => project));
  const runtime = used(({ uses }) => uses.includes('runtime'));
  const tests = used(({ uses }) => !uses.includes('runtime') && uses.includes('test'));
  const tools = toolsOf(
    [own, ...runtime, ...tests].map(({ metadata }) => metadata),
    all,
    markers,
  );
  const closure = {
    own,
    runtime,
    tests,
    tools: among(tools),
    builtWith: ({ metadata }: StageProject) => localBuildDependencies(metadata, all, { environment: markers }),
    environment,
  };
  for (const { metadata } of [own, ...runtime, ...tests, ...closure.tools]) {
    readLocks(metadata, { workspace: directory, command: `nx run ${metadata.name}:lock` });
  }
  return closure;
}

/** What wheels are built with, recursively: the project itself may be among it. */
function toolsOf(
  built: readonly ProjectMetadata[],
  all: readonly ProjectMetadata[],
  environment: Partial<MarkerEnvironment>,
): ProjectMetadata[] {
  const seen = new Set<ProjectMetadata>();
  const found: ProjectMetadata[] = [];
  const visit = (each: ProjectMetadata): void => {
    for (const tool of localBuildDependencies(each, all, { environment })) {
      if (seen.has(tool)) continue;
      seen.add(tool);
      visit(tool);
      found.push(tool);
    }
  };
  built.forEach(visit);
  return found;
}
