import type { BuildSession } from '@wheelhouse/element/internal';
import { openPlan, planClosure, testRun, type Operation, type TestOptions } from '@wheelhouse/python-stage/internal';

/** The elements of a Python project, keyed. */
export interface PlannedSession {
  readonly session: BuildSession;
  /** The name of the project's own wheel. */
  readonly wheel: string;
  /** The name of the tests of the project. */
  readonly test: string;
}

/**
 * The elements that the targets of a project are made of: its snapshot, its wheel with all that is installed with it,
 * and its tests.
 *
 * @param tests how the tests are run @throws ElementError LOCK_MISSING, LOCK_STALE, INTERPRETER, TEST_OPTIONS
 */
export async function openPlanned(
  { workspace, project, engine }: Operation,
  tests?: TestOptions,
): Promise<PlannedSession> {
  const { own, local, all, plan } = await planClosure({ workspace, project }, 'test');
  const wheel = plan.wheel(own);
  const test = plan.test(own, local, tests === undefined ? undefined : testRun(own, tests));
  const targets = [
    plan.snapshot(own),
    wheel,
    ...local.map((each) => plan.wheel(each)),
    ...plan.wheelsOf(own.locks.runtime, own),
    test,
  ];
  return { session: await openPlan(workspace, engine, { plan, targets, projects: all }), wheel, test };
}
