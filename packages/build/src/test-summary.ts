import { join, relative } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { TestOptions, TestResult } from '@wheelhouse/python-stage/internal';

/** How many failed tests are named. */
const NAMED = 50;

/** What helps if no test ran. */
const NO_TEST = [
  'no tests ran',
  'hint: tests are searched for in `tests`, `test` and the root of the project, in its packages, and in `testpaths` of pytest; list other files in the option `testInclude`',
  'hint: they are run with unittest unless the test lock has pytest; declare their requirements in an extra or a dependency group `test`, or in files of the option `testRequirements`',
];

/** Where {@link tellTests} is about. */
export interface SummaryPlace {
  /** Absolute path. */
  readonly workspace: string;
  /** The project's directory, relative to the workspace. */
  readonly project: string;
  /** Takes a line without its newline. */
  readonly say: (line: string) => void;
}

/** Tells how tests went: the runner's own summary, those that failed, the counts, what was written back, and where the reports are. */
export function tellTests(result: TestResult, { workspace, project, say }: SummaryPlace): void {
  const { report, snapshots, record, failed } = result;
  for (const path of snapshots?.written ?? []) say(`wrote ${join(project, path)}`);
  for (const path of snapshots?.removed ?? []) say(`removed ${join(project, path)}`);
  if (snapshots !== undefined && snapshots.written.length + snapshots.removed.length === 0) {
    say('the snapshot files are up to date');
  }
  const hints = (result.hints ?? []).map((hint) => `hint: ${hint}`);
  if (report === undefined) {
    for (const line of hints) say(line);
    return;
  }
  for (const line of result.summary ?? []) say(line);
  for (const { name, message } of report.failures.slice(0, NAMED)) {
    say(`failed test: ${name}${message === '' ? '' : `: ${message}`}`);
  }
  if (report.failures.length > NAMED) say(`and ${report.failures.length - NAMED} more failed tests`);
  if (report.passed + report.failed + report.skipped === 0) for (const line of NO_TEST) say(line);
  for (const line of hints) say(line);
  say(`tests: ${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`);
  say(`reports: ${relative(workspace, result.reports)}`);
  if (record === undefined) say(`no record: ${failed ? 'the run failed' : 'this was not a run of all tests'}`);
}

/** What tests write into the project would start them again. @throws ElementError TEST_OPTIONS */
export function refuseSnapshots({ updateSnapshots }: TestOptions, project: string): void {
  if (updateSnapshots !== true) return;
  throw new ElementError({
    code: 'TEST_OPTIONS',
    message: `the tests of \`${project}\`: snapshot files cannot be updated while changes are watched for`,
    hint: 'update them in a run without the option `watch`',
  });
}
