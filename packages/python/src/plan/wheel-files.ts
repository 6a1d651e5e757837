import { projectSubdirectory, wheelSourceSet, type OwnProject } from './project-sources.js';
import { stagedFiles, type StagedFiles } from '../sources/staged-files.js';

/** The files that a project's wheel is made from. */
export interface WheelFiles extends StagedFiles {
  /** Where the project lies among them; empty where they are its own alone. */
  readonly subdirectory: string;
}

/**
 * The files that a project's wheel is made from, as its element has them, for what builds it elsewhere.
 *
 * @param workspace absolute path
 * @throws ElementError SOURCE
 */
export async function wheelFiles(project: OwnProject, workspace: string): Promise<WheelFiles> {
  const { metadata, settings } = project;
  const staged = await stagedFiles({
    workspace,
    project: metadata.root,
    set: wheelSourceSet(project),
    named: [],
    shared: settings.shared ?? [],
    generated: settings.generated ?? [],
  });
  return { ...staged, subdirectory: projectSubdirectory(project) };
}
