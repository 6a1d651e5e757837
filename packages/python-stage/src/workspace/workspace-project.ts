import type { ProjectMetadata, ProjectSettings } from '@wheelhouse/python/internal';

/** A project as the workspace knows it. */
export interface ProjectRef {
  /** The project's name in the workspace. */
  readonly name: string;
  /** Its directory relative to the workspace; `.` for the workspace itself. */
  readonly root: string;
  /** The interpreter asked for: a path, a command or a version. */
  readonly python?: string;
  /** The name of the resolve it shares with other projects; absent if it is resolved alone. */
  readonly resolve?: string;
  readonly settings?: ProjectSettings;
}

/** A project with its metadata. */
export interface WorkspaceProject {
  readonly ref: ProjectRef;
  readonly metadata: ProjectMetadata;
}
