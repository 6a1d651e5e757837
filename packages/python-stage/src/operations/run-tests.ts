import { posix } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { formatDigest, hasFailed, parseDigest, readBlob, subtree, type Outcome } from '@wheelhouse/element/internal';
import type { Progress } from '@wheelhouse/oci/internal';
import { projectSubdirectory, TEST_DIRECTORIES } from '@wheelhouse/python/internal';
import { BUILD_ROOT } from '../plan/build-root.js';
import { checkClosure } from './check-closure.js';
import { checkMetadata } from './check-metadata.js';
import { readReport, type TestReport } from '../reports/junit.js';
import { manifestText, type TestRecord } from '../wheelhouse/manifest.js';
import {
  artifactFiles,
  buildTargets,
  outputsOf,
  planClosure,
  usedFiles,
  type Operation,
  type PlannedClosure,
} from '../workspace/operation.js';
import type { PlannedProject } from '../plan/planned-project.js';
import type { RunningServices } from '../services/with-services.js';
import { sourceDigestOf } from './source-digest.js';
import type { WrittenFiles } from './test-files.js';
import { testRun, type TestOptions } from '../plan/test-run.js';
import { testSummary } from '../reports/test-summary.js';
import { filesOf, writeReports } from '../workspace/tree-files.js';
import { statementText } from '../wheelhouse/statement.js';
import { RECORD, TEST_RESULT } from '../wheelhouse/layout.js';
import { testResultOf } from '../wheelhouse/test-result.js';

/** What {@link runTests} found out. */
export interface TestResult {
  readonly outcomes: readonly Outcome[];
  /** Whether anything failed: the tests, or what has to be built for them. */
  readonly failed: boolean;
  /** `undefined` if no report came out. */
  readonly report?: TestReport;
  /** Of a run of all tests, whose failures are all in the report. */
  readonly record?: TestRecord;
  /** What `updateSnapshots` took back into the project. */
  readonly snapshots?: WrittenFiles;
  /** Absolute path of the reports. */
  readonly reports: string;
  /** What the runner says at the end of a run that passed, now or before. */
  readonly summary?: readonly string[];
  /** What to do about what failed, as far as it is known; absent if nothing is known. */
  readonly hints?: readonly string[];
}

/**
 * Runs a project's tests on its installed wheel, and writes `reports/<root>/`: the runner's reports, also when tests
 * fail, and, of a whole run, `record.json`. With `updateSnapshots`, what the tests wrote below their own directories is
 * taken back into the project.
 *
 * @throws ElementError LOCK_MISSING, LOCK_STALE, LOCK_HASH, FETCH, INTERPRETER, SANDBOX, ARTIFACT, SOURCE, TEST_OPTIONS
 */
export async function runTests(
  operation: Operation,
  options: TestOptions = {},
  progress: Progress = () => undefined,
): Promise<TestResult> {
  const { services: names = [], composeFile } = options;
  if (names.length === 0) return await runTestsWith(operation, options);
  const { workspace, project, engine } = operation;
  const request = {
    workspace: workspace.directory,
    directory: workspace.directoryOf(project),
    ...(composeFile === undefined ? {} : { composeFile }),
    names,
    environment: engine.environment,
  };
  const { withServices } = await import('../services/with-services.js');
  return await withServices(request, { signal: engine.signal, progress }, (services) =>
    runTestsWith(operation, options, services),
  );
}

async function runTestsWith(
  operation: Operation,
  options: TestOptions,
  services?: RunningServices,
): Promise<TestResult> {
  const closure = await planClosure(operation, 'test');
  const { own, local, plan } = closure;
  const run = testRun(own, options, services);
  const { reports } = outputsOf(operation);
  const [test, wheel, snapshot] = [plan.test(own, local, run), plan.wheel(own), plan.snapshot(own)];
  const installed = plan.installed(own, local);
  const { session, outcomes, failed } = await buildTargets(operation, closure, [snapshot, wheel, installed, test]);
  const tested = outcomes.find(({ element }) => element.name === test);
  const known = { outcomes, failed, reports, ...(await hintsOf(operation, own, outcomes)) };
  if (tested === undefined || !('record' in tested)) return known;
  await checkClosure(operation, { closure, session, kind: 'test' });
  await checkMetadata(operation, { closure, session });

  const { blobs } = operation.engine.store;
  const { tree } = session.recordOf(test);
  const files = await reportsIn(blobs, tree);
  const junit = files.get('junit.xml');
  if (junit === undefined) return known;
  const report = await readReport(junit, 'the report `junit.xml`');
  const snapshots =
    options.updateSnapshots === true
      ? await writeBack(operation, own, { tree, sources: sourceDigestOf(session.element(test)) })
      : undefined;
  const coverage = files.get('coverage.xml');
  if (coverage !== undefined) {
    const { tree: there } = session.recordOf(installed);
    files.set('coverage.xml', await mapped(operation, closure, { text: coverage, installed: there }));
  }
  const { log } = tested.record;
  const summary = failed || log === undefined ? undefined : testSummary(await textOf(blobs, log));
  // A run that failed without a failing test, as if too little is covered, is on no record that could be taken for a pass.
  const onRecord = run.whole && (!failed || report.failed > 0);
  const [built] = await artifactFiles(operation, session, [wheel], '.whl');
  const record: TestRecord | undefined = onRecord
    ? {
        wheel: { path: `wheel/${built?.path ?? ''}`, sha256: built?.sha256 ?? '' },
        snapshotDigest: formatDigest(session.recordOf(snapshot).tree),
        uses: usedFiles(await artifactFiles(operation, session, [snapshot]), [session.element(test)]).map(
          ({ path, sha256 }) => ({ path, sha256 }),
        ),
        testSourceDigest: sourceDigestOf(session.element(test)),
        passed: report.passed,
        failed: report.failed,
        skipped: report.skipped,
        hermetic: services === undefined,
      }
    : undefined;
  await writeReports(reports, {
    reports: files,
    records:
      record === undefined
        ? undefined
        : { [RECORD]: manifestText(record), [TEST_RESULT]: statementText(testResultOf(record)) },
  });
  return {
    ...known,
    report,
    ...(summary === undefined ? {} : { summary }),
    ...(record === undefined ? {} : { record }),
    ...(snapshots === undefined ? {} : { snapshots }),
  };
}

async function hintsOf(
  operation: Operation,
  { toolchain }: PlannedProject,
  outcomes: readonly Outcome[],
): Promise<Pick<TestResult, 'hints'>> {
  if (!outcomes.some(hasFailed)) return {};
  const { hintsOfFailures } = await import('./system-hint.js');
  const hints = await hintsOfFailures(operation, toolchain, outcomes);
  return hints.length === 0 ? {} : { hints };
}

/** Takes what tests wrote back into the project; nothing if they were ended before their files could be kept. */
async function writeBack(
  { workspace, project, engine }: Operation,
  own: PlannedProject,
  { tree, sources }: { readonly tree: Digest; readonly sources: string },
): Promise<WrittenFiles | undefined> {
  const { blobs } = engine.store;
  const [staged, after] = [parseDigest(sources), await subtree(blobs, tree, 'sources')];
  const before = staged === undefined ? undefined : await subtree(blobs, staged, projectSubdirectory(own));
  if (before === undefined || after === undefined) return undefined;
  const { writeBackTestFiles } = await import('./test-files.js');
  const globs = [...TEST_DIRECTORIES, ...(own.settings.testInclude ?? [])];
  return await writeBackTestFiles({ blobs, before, after, directory: workspace.directoryOf(project), globs });
}

async function textOf(blobs: BlobStore, digest: Digest): Promise<string> {
  return Buffer.from(await readBlob(blobs, digest)).toString('utf8');
}

/** The texts of the reports in the artifact of tests, by their names. */
async function reportsIn(blobs: BlobStore, tree: Digest): Promise<Map<string, string>> {
  const directory = await subtree(blobs, tree, 'reports');
  const files = directory === undefined ? [] : await filesOf(blobs, directory, '.xml');
  const texts = new Map<string, string>();
  for (const { path, digest } of files) texts.set(path, await textOf(blobs, digest));
  return texts;
}

async function mapped(
  { workspace, engine }: Operation,
  { own, all }: PlannedClosure,
  { text, installed }: { readonly text: string; readonly installed: Digest },
): Promise<string> {
  const { mapCoverage } = await import('../reports/coverage-report.js');
  return await mapCoverage({
    blobs: engine.store.blobs,
    text,
    installed,
    buildRoot: posix.join(BUILD_ROOT, projectSubdirectory(own)),
    projects: all.map(({ metadata: { root } }) => ({
      root,
      directory: workspace.directoryOf({ ref: { name: root, root } }),
    })),
  });
}
