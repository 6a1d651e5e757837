// Made from schema.json: `npm run generate`.

/**
 * Fetches every file that building and testing a Python project uses.
 */
export interface SnapshotExecutorSchema {
  /**
   * The version of another Python than the project's own: X.Y or X.Y.Z. With this, platform or abi the files go to a separate directory below dist/<root>/snapshots.
   */
  python?: string | number;
  /**
   * Platform tags of another machine than this one, best first, such as manylinux_2_28_aarch64.
   *
   * @minItems 1
   */
  platform?: (string | number)[];
  /**
   * The ABI of the other Python, such as cp313t; defaults to that of CPython.
   */
  abi?: string | number;
  /**
   * Shows the output of builds while they run.
   */
  verbose?: boolean;
  /**
   * The arguments of the command line that are not options of Nx.
   */
  __unparsed__?: string[];
}
