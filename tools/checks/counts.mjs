/** What the output of a test runner amounts to: how many tests passed, how many did not, and why. */
import { root } from '../workspace.mjs';

export const passed = (count) => ({ passed: count, failed: 0, reasons: [] });
export const failed = (...reasons) => ({ passed: 0, failed: reasons.length, reasons });

/** A path of the repository relative to its root; any other as it is. */
export const inRepository = (path) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);

/**
 * What one jest run amounts to. A suite that could not run is a failure, and so is a test that was left out: a part
 * that is absent has not been shown to work.
 *
 * @param report what jest wrote with `--json`, or undefined if it wrote nothing
 * @param exitCode jest's own
 */
export function countJest(report, exitCode) {
  if (report === undefined) return failed(`jest wrote no results (exit code ${exitCode})`);
  const reasons = [];
  for (const suite of report.testResults) {
    const file = inRepository(suite.name);
    if (suite.assertionResults.length === 0) reasons.push(`${file}: the suite did not run, or has no tests`);
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') continue;
      reasons.push(`${file}: ${test.fullName}${test.status === 'failed' ? '' : ` (${test.status}: it did not run)`}`);
    }
  }
  if (report.numTotalTests === 0 && reasons.length === 0) reasons.push('there are no tests');
  if (exitCode !== 0 && reasons.length === 0) reasons.push(`jest ended with exit code ${exitCode}`);
  return { passed: report.numPassedTests, failed: reasons.length, reasons };
}

/** Seconds that each test file of a jest run took, by its path in the repository. */
export function secondsOfFiles(report) {
  const suites = report?.testResults ?? [];
  return Object.fromEntries(
    suites.map(({ name, startTime, endTime }) => [inRepository(name), Math.max(0, endTime - startTime) / 1000]),
  );
}

/** The same as `countJest` for `node --test`, from the totals at the end of its TAP output. */
export function countNodeTests(text, exitCode) {
  const total = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const reasons = [...text.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name]) => name);
  const absent = total('skipped') + total('todo');
  if (absent > 0) reasons.push(`${absent} tests were left out`);
  const count = total('pass');
  if (count === 0 && reasons.length === 0) reasons.push('there are no tests');
  if (exitCode !== 0 && reasons.length === 0) reasons.push(`node --test ended with exit code ${exitCode}`);
  return { passed: count, failed: Math.max(total('fail') + absent, reasons.length), reasons };
}
