import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import {
  findPython,
  localClosure,
  METADATA_FILES,
  projectFiles,
  readLocks,
  readProjects,
  type LocalMember,
  type ProjectMetadata,
  type ProjectSettings,
} from '@wheelhouse/python';
import { pluginSettings } from './plugin-settings.js';

/** A project whose wheel a build stage makes. */
export interface StageProject {
  readonly metadata: ProjectMetadata;
  readonly settings: ProjectSettings;
}

/** What a project's build stage is made of. */
export interface StageClosure {
  readonly own: StageProject;
  /** Projects of the workspace that are installed with it, dependencies first. */
  readonly runtime: readonly StageProject[];
  /** Those that its tests alone need. */
  readonly tests: readonly StageProject[];
}

/**
 * The project in a directory, with the projects of the workspace that it and its tests need.
 *
 * @param directory the workspace, absolute
 * @param root the project's directory relative to it
 * @throws ElementError METADATA, LOCK_MISSING, LOCK_INVALID; STAGE where a wheel is built with a project of the workspace
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
      hint: 'run `nx g @wheelhouse/scaffold:build-stage`, which writes one',
    });
  }
  const all = projects.map(({ metadata }) => metadata);
  const members = localClosure(own.metadata, all, own.settings);
  const [tool] = members.filter(({ uses }) => uses.includes('build'));
  if (tool !== undefined) {
    throw new ElementError({
      code: 'STAGE',
      message: `\`${own.metadata.name}\` takes a wheel that is built with \`${tool.project.name}\`, a project of this workspace`,
      hint: 'the stage in Docker builds with what build locks name; `test` and `build-wheel` do it without Docker',
    });
  }
  const used = (isMeant: (member: LocalMember) => boolean): StageProject[] =>
    members.filter(isMeant).flatMap(({ project }) => projects.filter(({ metadata }) => metadata === project));
  const closure = {
    own,
    runtime: used(({ uses }) => uses.includes('runtime')),
    tests: used(({ uses }) => !uses.includes('runtime')),
  };
  for (const { metadata } of [own, ...closure.runtime, ...closure.tests]) {
    readLocks(metadata, { workspace: directory, command: `nx run ${metadata.name}:lock` });
  }
  return closure;
}

/** The projects of a workspace. One that cannot be read is not needed, unless it is the one that is meant. */
async function stageProjects(
  directory: string,
  meant: string,
  environment: NodeJS.ProcessEnv,
): Promise<StageProject[]> {
  const nxJson = readFileSync(join(directory, 'nx.json'), 'utf8');
  const files = (await projectFiles(directory)).filter((file) => METADATA_FILES.includes(posix.basename(file)));
  const projects: StageProject[] = [];
  for (const root of [...new Set(files.map((file) => posix.dirname(file)))].sort()) {
    const settings = pluginSettings(
      nxJson,
      files.filter((file) => posix.dirname(file) === root),
    );
    try {
      const python = async (): Promise<Awaited<ReturnType<typeof findPython>>> => await findPython(environment);
      const options = { workspace: directory, python, environment, settings: () => settings };
      const [metadata] = await readProjects([root], options);
      if (metadata !== undefined) projects.push({ metadata, settings });
    } catch (error) {
      if (root === meant || !(error instanceof ElementError || error instanceof ElementErrors)) throw error;
    }
  }
  return projects;
}
