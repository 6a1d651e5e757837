import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import {
  findPython,
  innerProjects,
  METADATA_FILES,
  projectFiles,
  readProjects,
  withInnerProjects,
  type ProjectMetadata,
  type ProjectSettings,
} from '@wheelhouse/python/internal';
import { pluginSettings } from '../workspace/plugin-settings.js';

/** A project of the workspace, with the options that its wheel is made by. */
export interface StageProject {
  readonly metadata: ProjectMetadata;
  readonly settings: ProjectSettings;
}

/**
 * The projects of a workspace. One that cannot be read is left out, unless it is the one that is meant.
 *
 * @param directory the workspace, absolute
 * @param meant a project's directory relative to it
 */
export async function stageProjects(
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
  const roots = projects.map(({ metadata }) => metadata.root);
  return projects.map(({ metadata, settings }) => ({
    metadata,
    settings: withInnerProjects(settings, innerProjects(metadata.root, roots, directory)),
  }));
}
