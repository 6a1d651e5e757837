/** Fetches every file that building and testing a Python project uses. */
export interface SnapshotExecutorSchema {
  /** The version of another Python than the project's own, `X.Y` or `X.Y.Z`; Nx hands `3.12` on as a number. */
  readonly python?: string | number;
  /** Platform tags of another machine than this one. */
  readonly platform?: readonly string[];
  /** The ABI of the other Python, such as `cp313t`. */
  readonly abi?: string;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
}
