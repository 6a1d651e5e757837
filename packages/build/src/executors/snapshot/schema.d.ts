/** Fetches every file that building and testing a Python project uses. */
export interface SnapshotExecutorSchema {
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
}
