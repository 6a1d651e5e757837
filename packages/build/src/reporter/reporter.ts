import type { BuildListener } from '@wheelhouse/element';

/** How many elements came out how. */
export interface BuildCounts {
  readonly built: number;
  readonly cached: number;
  readonly failed: number;
}

/** Reports to users, or to programs, what a builder does. */
export interface Reporter {
  readonly listener: BuildListener;
  /** Whether anything was told, so that there is something to count up. */
  readonly hasBegun: boolean;
  /** Says how it all ended: the last thing that is said. */
  finish(): void;
  /** Takes away what is shown of work that is under way. To be called however it ends, also after `finish`. */
  close(): void;
}
