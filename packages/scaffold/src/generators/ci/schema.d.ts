// Made from schema.json: `npm run generate`.

/**
 * Writes a pipeline that checks locks, and tests and builds the affected projects.
 */
export interface CiGeneratorSchema {
  /**
   * The CI provider.
   */
  provider: 'github' | 'gitlab';
  /**
   * The branch to compare changes with.
   */
  branch?: string;
  /**
   * Also runs the Docker build stages.
   */
  stage?: boolean;
}
