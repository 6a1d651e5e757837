/** The options of the generator `eject`. */
export interface EjectGeneratorSchema {
  readonly template: 'wheel' | 'sdist' | 'test' | 'installed' | 'env' | 'hook';
  /** The project's name; this or `directory`. */
  readonly project?: string;
  /** The directory of the project, relative to the workspace. */
  readonly directory?: string;
}
