import type { Format, Variation } from '@wheelhouse/python';

/** Builds the wheel of a Python project and the wheelhouse to install it from, in a sandbox. */
export interface BuildWheelExecutorSchema {
  /** What is made. The wheel always is; with `sdist`, the source distribution comes out beside it. */
  readonly formats?: readonly Format[];
  /** Builds a second time in other surroundings, and fails where that gives other bytes. */
  readonly verify?: boolean;
  /** What the second build of `verify` is given otherwise, beside what no sandbox fixes. */
  readonly vary?: readonly Variation[];
  /** Fails for what is only a warning in the wheels that were built. */
  readonly strict?: boolean;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Tries again what failed before and has not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
}
