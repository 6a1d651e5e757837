/** The options of the generator `init`. */
export interface InitGeneratorSchema {
  /** Keeps an existing version of the plugin in package.json. Default: true. */
  readonly keepExistingVersions?: boolean;
  /** Does not format the files. */
  readonly skipFormat?: boolean;
}
