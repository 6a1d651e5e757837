// Made from schema.json: `npm run generate`.

/**
 * Adds the plugin to a workspace.
 */
export interface InitGeneratorSchema {
  /**
   * Keeps an existing version of the plugin in package.json.
   */
  keepExistingVersions?: boolean;
  /**
   * Does not format the files.
   */
  skipFormat?: boolean;
}
