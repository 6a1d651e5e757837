import type { Origin } from '@wheelhouse/element';

/** A file that a project's metadata names. Plain data. */
export interface NamedFile {
  /** Relative to the project, `/`-separated; it may lead out of it, as `../LICENSE` does. */
  readonly path: string;
  /** Whether the path is a pattern, which may match nothing. */
  readonly glob?: true;
  /** Whether the build writes the file: it need not be there before. */
  readonly written?: true;
  /** Whether it is for the sdist alone. */
  readonly sdist?: true;
  /** Whether it is a licence. */
  readonly licence?: true;
  /** What names it. */
  readonly origin: Origin;
}
