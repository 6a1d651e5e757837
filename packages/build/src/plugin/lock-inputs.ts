import { posix } from 'node:path';
import {
  everythingRequired,
  localClosure,
  localProject,
  type ClosureOptions,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';
import { pathInWorkspace } from '@wheelhouse/python/lockfile';

/** What a project's locks answer beside the metadata files of projects. */
export interface LockInputs {
  /**
   * Requirements and constraints files, those with settings of uv, and what is required from where it is, but for the
   * pyproject.toml of other projects; globs relative to the workspace.
   */
  readonly files: readonly string[];
  /** Whether a pyproject.toml of a project that comes with it has settings of uv. */
  readonly upstream: boolean;
  /** Environment variables that requirements files name. */
  readonly variables: readonly string[];
}

/** Everything of that of a project and of the projects that come with it. */
export function lockInputs(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  settings: ClosureOptions = {},
): LockInputs {
  const all = [project, ...localClosure(project, workspace, settings).map((member) => member.project)];
  const files = all.flatMap(({ fromFiles, uvFiles = [] }) => [...(fromFiles?.files ?? []), ...uvFiles]);
  const others = new Set(all.slice(1).map(({ root }) => posix.join(root, 'pyproject.toml')));
  const own = new Set(
    [...files, ...all.flatMap((each) => vendoredPaths(each, workspace))].filter((file) => !others.has(file)),
  );
  return {
    files: [...own].sort(),
    upstream: files.some((file) => others.has(file)),
    variables: [...new Set(all.flatMap(({ fromFiles }) => fromFiles?.variables ?? []))].sort(),
  };
}

/** Files and directories of the workspace that are required and are no projects of it. */
function vendoredPaths(project: ProjectMetadata, workspace: readonly ProjectMetadata[]): string[] {
  return everythingRequired(project).flatMap((requirement) => {
    const path = requirement.url === undefined ? undefined : pathInWorkspace(requirement.url);
    if (path === undefined || localProject(requirement, workspace) !== undefined) return [];
    return /\.(whl|zip|tgz|tar\.\w+)$/.test(path) ? [path] : [`${path.replace(/\/$/, '')}/**/*`];
  });
}
