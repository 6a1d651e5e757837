/** Says what is wrong with a project, and fails. */
export interface ReportProblemExecutorSchema {
  /** The text that is shown. */
  readonly problem: string;
}
