/** Publishes the distributions of a Python project to an index. */
export interface PublishExecutorSchema {
  /** The directory of a static index, relative to the workspace. */
  readonly to?: string;
  /** The index to upload to: its URL, or its name in ~/.pypirc. */
  readonly repository?: string;
  /** The URL of that index's pages, if it is not `simple/` below the upload URL. */
  readonly checkUrl?: string;
  /** What to publish: the project's own distribution, also those of its local dependencies, or its whole wheelhouse. */
  readonly scope?: 'own' | 'local' | 'wheelhouse';
  /** Prints what would happen, without changing anything. */
  readonly dryRun?: boolean;
  /** Refuses a wheel without a passing record of the same bytes. */
  readonly tested?: boolean;
  /** The record, relative to the workspace, if it is not in reports/. */
  readonly record?: string;
}
