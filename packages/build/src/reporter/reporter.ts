import type { BuildListener } from '@wheelhouse/element';

/** How many elements came out how. */
export interface BuildCounts {
  readonly built: number;
  readonly cached: number;
  readonly failed: number;
}

/** Somebody who tells people, or programs, what a builder does. */
export interface Reporter {
  readonly listener: BuildListener;
  /** Says how it all ended: the last thing that is said. */
  finish(): void;
}
