/** The options of the generator `init`. */
export interface InitGeneratorSchema {
  /** Leaves versions in package.json as they are, if there are any. Default: true. */
  readonly keepExistingVersions?: boolean;
}
