/** How many tests ended how. */
export interface TestCounts {
  readonly passed: number;
  /** Failures and errors. */
  readonly failed: number;
  readonly skipped: number;
}

/** Adds up what the `testsuite` elements of a JUnit report say (Ant's JUnit format, as pytest writes it). */
export function countTests(report: string): TestCounts {
  const counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  for (const [tag] of report.matchAll(/<testsuite\s[^>]*>/g)) {
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
      counts[name] += Number(new RegExp(`\\s${name}="(\\d+)"`).exec(tag)?.[1] ?? 0);
    }
  }
  const failed = counts.failures + counts.errors;
  return { passed: counts.tests - failed - counts.skipped, failed, skipped: counts.skipped };
}
