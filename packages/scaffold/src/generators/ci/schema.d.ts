/** The options of the generator `ci`. */
export interface CiGeneratorSchema {
  readonly provider: 'github' | 'gitlab';
  /** The branch that changes are compared with. Default: main. */
  readonly branch?: string;
  /** Runs the build stages in Docker as well. */
  readonly stage?: boolean;
}
