/** The options of the generator `init`. */
export interface InitGeneratorSchema {
  /** Keeps existing versions in package.json. Default: true. */
  readonly keepExistingVersions?: boolean;
}
