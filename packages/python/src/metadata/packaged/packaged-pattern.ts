import type { Origin } from '@wheelhouse/element';

/** A pattern by which a project says what its distributions hold. Plain data. */
export interface PackagedPattern {
  /** As written. */
  readonly pattern: string;
  /** What it means relative to the project; of package data, relative to where packages are installed. */
  readonly globs: readonly string[];
  /** Of package data: the package, empty for every one. */
  readonly package?: string;
  /** The command that it stands in with others, of which one may do for all. */
  readonly together?: string;
  readonly origin: Origin;
}
