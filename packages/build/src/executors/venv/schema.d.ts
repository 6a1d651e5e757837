/** Creates the development environment of a Python project. */
export interface VenvExecutorSchema {
  /** The directory of the environment, absolute or relative to the project. Default: .venv. */
  readonly path?: string;
  /** Installs pip in addition to the test lock. */
  readonly pip?: boolean;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Retries builds that failed before and have not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
}
