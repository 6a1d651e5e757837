/** Says what is wrong with a project, and fails. */
export interface ReportProblemExecutorSchema {
  /** The message to show. */
  readonly problem: string;
}
