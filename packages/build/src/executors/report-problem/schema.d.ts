// Made from schema.json: `npm run generate`.

/**
 * Reports the errors of a Python project, and fails.
 */
export interface ReportProblemExecutorSchema {
  /**
   * The message to show.
   */
  problem: string;
}
