import { relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { runTests } from '@wheelhouse/python';
import type { TestExecutorSchema } from './schema.js';
import { runTask } from '../project-task.js';

/** Tests the wheel of a project. */
export default async function test(
  options: TestExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return await runTask(context, options, async (operation, say) => {
    const { failed, record, reports } = await runTests(operation);
    if (record !== undefined) {
      say(`tests: ${record.passed} passed, ${record.failed} failed, ${record.skipped} skipped`);
      say(`reports: ${relative(context.root, reports)}`);
    }
    return !failed;
  });
}
