/** Makes the development environment of a Python project. */
export interface VenvExecutorSchema {
  /** Where the environment lies: absolute, or relative to the project. Default: .venv. */
  readonly path?: string;
  /** Installs pip beside what the test lock holds. */
  readonly pip?: boolean;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Tries again what failed before and has not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
}
