/** The options of the generator `ci`. */
export interface CiGeneratorSchema {
  readonly provider: 'github' | 'gitlab';
  /** The branch to compare changes with. Default: main. */
  readonly branch?: string;
  /** Also runs the Docker build stages. */
  readonly stage?: boolean;
}
