/** Publishes the distributions of a Python project to an index. */
export interface PublishExecutorSchema {
  /** The directory of a static index, from the workspace. */
  readonly to?: string;
  /** An index that takes uploads: its address, or its name in ~/.pypirc. */
  readonly repository?: string;
  /** The address of that index's pages, where it is not `simple/` below that of uploads. */
  readonly checkUrl?: string;
  /** What is published: the project's own distribution, those of its local dependencies too, or its whole wheelhouse. */
  readonly scope?: 'own' | 'local' | 'wheelhouse';
  /** Says what would happen, and changes nothing. */
  readonly dryRun?: boolean;
  /** Refuses a wheel without a passing record of the same bytes. */
  readonly tested?: boolean;
  /** The record, from the workspace, where it is not in reports/. */
  readonly record?: string;
}
