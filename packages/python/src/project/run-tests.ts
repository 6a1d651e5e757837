import { join } from 'node:path';
import { formatDigest, readBlob, type Outcome } from '@wheelhouse/element';
import { countTests } from './junit.js';
import { manifestText, type TestRecord } from './manifest.js';
import { artifactFiles, buildTargets, outputsOf, planClosure, usedFiles, type Operation } from './operation.js';
import { sourceDigestOf } from './source-digest.js';
import { writeReports, writeText } from './tree-files.js';
import { statementText } from '../wheelhouse/statement.js';
import { TEST_RESULT, testResultOf } from '../wheelhouse/test-result.js';

/** What {@link runTests} found out. */
export interface TestResult {
  readonly outcomes: readonly Outcome[];
  /** Whether anything failed: the tests, or what has to be built for them. */
  readonly failed: boolean;
  /** `undefined` where no report came out. */
  readonly record?: TestRecord;
  /** Absolute path of the reports. */
  readonly reports: string;
}

/**
 * Runs a project's tests on its installed wheel, and writes `reports/<root>/`: the runner's reports and `record.json`.
 * Reports come out when tests fail, too.
 *
 * @throws ElementError LOCK_MISSING, LOCK_STALE, LOCK_HASH, FETCH, INTERPRETER, SANDBOX, ARTIFACT
 */
export async function runTests(operation: Operation): Promise<TestResult> {
  const closure = await planClosure(operation);
  const { own, local, plan } = closure;
  const { reports } = outputsOf(operation);
  const [test, wheel, snapshot] = [plan.test(own, local), plan.wheel(own), plan.snapshot(own)];
  const { session, outcomes, failed } = await buildTargets(operation, closure, [snapshot, wheel, test]);
  const tested = outcomes.find(({ element }) => element.name === test);
  if (tested === undefined || tested.status === 'skipped') return { outcomes, failed, reports };

  const { blobs } = operation.engine.store;
  const files = await artifactFiles(operation, session, [test], '.xml');
  const junit = files.find(({ path }) => path === 'junit.xml');
  if (junit === undefined) return { outcomes, failed, reports };
  const [built] = await artifactFiles(operation, session, [wheel], '.whl');
  const counts = countTests(Buffer.from(await readBlob(blobs, junit.digest)).toString('utf8'));
  const record: TestRecord = {
    wheel: { path: `wheel/${built?.path ?? ''}`, sha256: built?.sha256 ?? '' },
    snapshotDigest: formatDigest(session.recordOf(snapshot).tree),
    uses: usedFiles(await artifactFiles(operation, session, [snapshot]), [session.element(test)]).map(
      ({ path, sha256 }) => ({ path, sha256 }),
    ),
    testSourceDigest: sourceDigestOf(session.element(test)),
    ...counts,
    hermetic: true,
  };
  await writeReports(blobs, reports, files, manifestText(record));
  await writeText(join(reports, TEST_RESULT), statementText(testResultOf(record)));
  return { outcomes, failed, record, reports };
}
