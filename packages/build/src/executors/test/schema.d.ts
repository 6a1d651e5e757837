/** Tests the built wheel of a Python project, in a sandbox. */
export interface TestExecutorSchema {
  /** The test runner; defaults to `command` if there is one, or else to pytest if the test lock has it, or else to unittest. */
  readonly runner?: 'pytest' | 'unittest' | 'command';
  /** The command of the runner `command`, as shell text, run in the directory of the test sources. */
  readonly command?: string;
  /** Additional arguments for the runner, as shell text. A run with arguments is partial and writes no record. */
  readonly args?: string;
  /** Lets the tests write snapshot files, and copies those below their own directories back into the project. */
  readonly updateSnapshots?: boolean;
  /** The arguments that make the runner write snapshot files, as shell text, if the test lock does not tell. */
  readonly updateSnapshotsArgs?: string;
  /** Services of the project's compose file that tests reach; such a run is not hermetic, and never taken from a cache. */
  readonly services?: readonly string[];
  /** The compose file, relative to the project. */
  readonly composeFile?: string;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Retries builds that failed before and have not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
  /** The arguments of the command line that are not options of Nx. */
  readonly __unparsed__?: readonly string[];
}
