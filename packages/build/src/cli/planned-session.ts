import type { BuildSession } from '@wheelhouse/element/internal';
import { openPlan, planClosure, type Operation } from '@wheelhouse/python-stage/internal';

/** The elements of a Python project, keyed. */
export interface PlannedSession {
  readonly session: BuildSession;
  /** The name of the project's own wheel. */
  readonly wheel: string;
}

/**
 * The elements that the targets of a project are made of: its snapshot, its wheel with all that is installed with it,
 * and its tests.
 *
 * @throws ElementError LOCK_MISSING, LOCK_STALE, INTERPRETER
 */
export async function openPlanned({ workspace, project, engine }: Operation): Promise<PlannedSession> {
  const { own, local, all, plan } = await planClosure({ workspace, project }, 'test');
  const wheel = plan.wheel(own);
  const targets = [
    plan.snapshot(own),
    wheel,
    ...local.map((each) => plan.wheel(each)),
    ...plan.wheelsOf(own.locks.runtime, own),
    plan.test(own, local),
  ];
  return { session: await openPlan(workspace, engine, { plan, targets, projects: all }), wheel };
}
