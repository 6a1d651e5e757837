// Made from schema.json: `npm run generate`.

/**
 * Builds the wheel of a Python project and the wheelhouse to install it from, in a sandbox.
 */
export interface BuildWheelExecutorSchema {
  /**
   * The formats to build. The wheel is always built; with `sdist`, the source distribution as well.
   */
  formats?: ('wheel' | 'sdist')[];
  /**
   * Builds a second time in a different environment, and fails if the bytes differ.
   */
  verify?: boolean;
  /**
   * What to vary in the second build of `verify`, besides what no sandbox controls.
   */
  vary?: ('path' | 'umask' | 'hash-seed' | 'timezone' | 'locale' | 'home' | 'ids')[];
  /**
   * Treats warnings about the built wheels as errors.
   */
  strict?: boolean;
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
