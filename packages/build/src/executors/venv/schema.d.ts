// Made from schema.json: `npm run generate`.

/**
 * Creates the development environment of a Python project.
 */
export interface VenvExecutorSchema {
  /**
   * The directory of the environment, absolute or relative to the project. Default: .venv.
   */
  path?: string | number;
  /**
   * Installs pip in addition to the test lock.
   */
  pip?: boolean;
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
