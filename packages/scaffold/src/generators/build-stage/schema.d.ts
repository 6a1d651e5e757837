/** The options of the generator `build-stage`. */
export interface BuildStageGeneratorSchema {
  /** The project's name. This or {@link directory}. */
  readonly project?: string;
  /** The project's directory relative to the workspace. */
  readonly directory?: string;
  /** The distribution's name where no file says it. */
  readonly name?: string;
  /** A path, a command or a version, which Nx may hand on as a number. */
  readonly python?: string | number;
  /** An image of Python, with a digest or without. */
  readonly base?: string;
  readonly pin?: 'auto' | 'always' | 'never';
  readonly database?: 'postgres' | 'mysql' | 'none';
  readonly databaseImage?: string;
  readonly volumesFrom?: boolean;
  /** Default: true. */
  readonly lock?: boolean;
}
