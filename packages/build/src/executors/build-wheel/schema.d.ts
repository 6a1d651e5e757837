/** Builds the wheel of a Python project and the wheelhouse to install it from, in a sandbox. */
export interface BuildWheelExecutorSchema {
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Tries again what failed before and has not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
}
