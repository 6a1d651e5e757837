import { join } from 'node:path';
import { readVcsVersion } from '../metadata/vcs/read-vcs-version.js';
import { versionEnvironment } from '../metadata/vcs/vcs-environment.js';
import { projectSubdirectory, wheelSourceSet, type OwnProject } from './wheel-source-set.js';
import { stagedFiles, type StagedFiles } from '../files/staged-files.js';

/** The files that a project's wheel is made from. */
export interface WheelFiles extends StagedFiles {
  /** Where the project is among them; empty if they are its own alone. */
  readonly subdirectory: string;
  /** The variables by which its backend takes the version that git gives it; empty if it asks for none. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The files that a project's wheel is made from, as its element has them, for what builds it elsewhere.
 *
 * @param workspace absolute path
 * @param environment the caller's own, which may give a version
 * @throws ElementError SOURCE; METADATA if its version is that of its repository, and is not known
 */
export async function wheelFiles(
  project: OwnProject,
  workspace: string,
  environment: NodeJS.ProcessEnv,
): Promise<WheelFiles> {
  const { metadata, settings } = project;
  const staged = await stagedFiles({
    workspace,
    project: metadata.root,
    set: wheelSourceSet(project),
    named: [],
    shared: settings.shared ?? [],
    generated: settings.generated ?? [],
  });
  return {
    ...staged,
    subdirectory: projectSubdirectory(project),
    environment: await versionVariables(project, workspace, environment),
  };
}

async function versionVariables(
  { metadata: { root, normalizedName, vcsVersion }, settings }: OwnProject,
  workspace: string,
  environment: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  if (vcsVersion === undefined) return {};
  return versionEnvironment(
    vcsVersion,
    await readVcsVersion(vcsVersion, {
      directory: join(workspace, root),
      name: normalizedName,
      environment,
      commits: settings.versionCommits,
    }),
  );
}
