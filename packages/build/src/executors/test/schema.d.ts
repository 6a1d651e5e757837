// Made from schema.json: `npm run generate`.

/**
 * Tests the built wheel of a Python project, in a sandbox.
 */
export interface TestExecutorSchema {
  /**
   * The test runner; defaults to `command` if there is one, or else to pytest if the test lock has it, or else to unittest.
   */
  runner?: 'pytest' | 'unittest' | 'command';
  /**
   * The command of the runner `command`, as shell text, run in the directory of the test sources.
   */
  command?: string | number;
  /**
   * Additional arguments for the runner, as shell text. A run with arguments is partial and writes no record.
   */
  args?: string | number;
  /**
   * Lets the tests write snapshot files, and copies those below their own directories back into the project.
   */
  updateSnapshots?: boolean;
  /**
   * The arguments that make the runner write snapshot files, as shell text, if the test lock does not tell.
   */
  updateSnapshotsArgs?: string | number;
  /**
   * Services of the project's compose file for the tests. Such a run is not hermetic, and is never cached.
   */
  services?: (string | number)[];
  /**
   * The compose file, relative to the project; defaults to the usual names.
   */
  composeFile?: string | number;
  /**
   * Tests again after each change of a file that the project is built or tested from, until it is ended.
   */
  watch?: boolean;
  /**
   * Shows the output of builds while they run.
   */
  verbose?: boolean;
  /**
   * Retries builds that failed before and have not changed since.
   */
  retryFailed?: boolean;
  /**
   * Reads every file of the toolchain instead of trusting the package database.
   */
  verifyToolchain?: boolean;
  /**
   * The arguments of the command line that are not options of Nx.
   */
  __unparsed__?: string[];
}
