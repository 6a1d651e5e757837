/** The options of the generator `init`. */
export interface InitGeneratorSchema {
  /** Leaves the version of the plugin in package.json as it is, if there is one. Default: true. */
  readonly keepExistingVersions?: boolean;
  /** Leaves the files unformatted. */
  readonly skipFormat?: boolean;
}
