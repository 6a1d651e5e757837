// Made from schema.json: `npm run generate`.

/**
 * Sets up a workspace for Python projects: registers @wheelhouse/build and ignores the outputs of its targets.
 */
export interface InitGeneratorSchema {
  /**
   * Keeps existing versions in package.json.
   */
  keepExistingVersions?: boolean;
}
