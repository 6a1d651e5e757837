import type { Format, Variation } from '@wheelhouse/python';

/** Builds the wheel of a Python project and the wheelhouse to install it from, in a sandbox. */
export interface BuildWheelExecutorSchema {
  /** The formats to build. The wheel is always built; with `sdist`, the source distribution as well. */
  readonly formats?: readonly Format[];
  /** Builds a second time in a different environment, and fails if the bytes differ. */
  readonly verify?: boolean;
  /** What to vary in the second build of `verify`, besides what no sandbox controls. */
  readonly vary?: readonly Variation[];
  /** Treats warnings about the built wheels as errors. */
  readonly strict?: boolean;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Retries builds that failed before and have not changed since. */
  readonly retryFailed?: boolean;
  /** Reads every file of the host toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean;
}
