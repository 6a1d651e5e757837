/** Tests the built wheel of a Python project, in a sandbox. */
export interface TestExecutorSchema {
  /** Who runs the tests. Without it, a command where there is one, else pytest where the test lock has it, else unittest. */
  readonly runner?: 'pytest' | 'unittest' | 'command';
  /** What the runner `command` runs, as shell text in the directory of the test sources. */
  readonly command?: string;
  /** What the runner is given beside its own options, as shell text. A run with arguments is a partial one and leaves no record. */
  readonly args?: string;
  /** Lets the tests write snapshot files, and takes what they wrote below their own directories back into the project. */
  readonly updateSnapshots?: boolean;
  /** What makes the runner write snapshot files, where the test lock does not say it, as shell text. */
  readonly updateSnapshotsArgs?: string;
  /** Services of the project's compose file that tests reach; such a run is not hermetic, and never taken from a cache. */
  readonly services?: readonly string[];
  /** The compose file, relative to the project. */
  readonly composeFile?: string;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Tries again what failed before and has not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
  /** The words of the command line that are no options of Nx. */
  readonly __unparsed__?: readonly string[];
}
