import type { ReportProblemExecutorSchema } from './schema.js';

/** Says what is wrong with a project, and fails. */
export default function reportProblem({ problem }: ReportProblemExecutorSchema): Promise<{ success: boolean }> {
  process.stderr.write(`${problem}\n`);
  return Promise.resolve({ success: false });
}
