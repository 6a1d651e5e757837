/** The project an element or source belongs to. @public */
export interface ProjectInfo {
  readonly name: string;
  /** The full name of the junction by which it is reached; absent for the project that was opened. */
  readonly junction?: string;
  /** Absolute path of the directory that holds project.conf; sources are relative to it. */
  readonly directory: string;
  /** The warnings that end a build (project.conf's `fatal-warnings`): `all`, or their names. Default: none. */
  readonly fatalWarnings?: 'all' | readonly string[];
}
