import type { BuildListener } from '@wheelhouse/element';
import type { BuildSession } from '@wheelhouse/element/internal';
import { buildSession, type BuildOutcome, type Operation, type PlannedClosure } from './operation.js';
import { openPlan, type PythonEngine } from './python-engine.js';
import { planGroups } from './plan-groups.js';

/** What an operation on a project builds, and what it makes of that. Nothing is loaded or looked up yet. */
export interface PlannedWork<T> {
  readonly operation: Operation;
  readonly closure: PlannedClosure;
  /** Names of elements of the plan. */
  readonly targets: readonly string[];
  /**
   * Loads what will be needed where something was built; called, if at all, when a command runs in a sandbox and this
   * process has nothing to do.
   */
  whileRunning?(): void;
  /** Makes the result of what was built. @throws ElementError */
  finish(built: BuildOutcome): Promise<T>;
}

/** Work whose elements are loaded and keyed. @throws ElementError */
export type OpenedWork<T> = () => Promise<T>;

/** Does the work of one operation. @throws ElementError */
export async function doWork<T>(work: PlannedWork<T>): Promise<T> {
  const [run] = await openWorks([work]);
  if (run === undefined) throw new Error('the work was not opened');
  return await run();
}

/**
 * Opens the works of several projects of one workspace and engine in as few sessions as there can be: elements that
 * several projects ask for are one node of one graph, which is loaded, keyed, looked up and built once (docs/adr/0101).
 * What keeps a work from being opened is thrown where it is run, and does not concern the others.
 *
 * @returns in the order of `works`
 */
export async function openWorks<T>(works: readonly PlannedWork<T>[]): Promise<OpenedWork<T>[]> {
  const opened = new Map<PlannedWork<T>, OpenedWork<T>>();
  for (const group of planGroups(works)) for (const [work, run] of await openGroup(group)) opened.set(work, run);
  return works.flatMap((work) => opened.get(work) ?? []);
}

async function openGroup<T>(works: readonly PlannedWork<T>[]): Promise<[PlannedWork<T>, OpenedWork<T>][]> {
  const [first] = works;
  if (first === undefined) return [];
  const { workspace, engine } = first.operation;
  const elements = new Map(works.flatMap(({ closure }) => closure.plan.elements.map((each) => [each.name, each])));
  const loading = loadingWhileRunning(engine, works);
  let session: BuildSession;
  try {
    session = await openPlan(workspace, loading.engine, {
      plan: { elements: [...elements.values()] },
      targets: [...new Set(works.flatMap(({ targets }) => targets))],
      projects: works.flatMap(({ closure }) => closure.all),
      // All of the group say the same, and what they say is not added up.
      downloadsOf: first.closure.all,
    });
  } catch (error) {
    const reason = error as Error;
    if (works.length === 1) return [[first, () => Promise.reject(reason)]];
    // What is wrong with one project does not keep the others from being built.
    return (await Promise.all(works.map((work) => openGroup([work])))).flat();
  }
  return works.map((work) => [
    work,
    async () => {
      try {
        const part = works.length === 1 ? session : session.part(work.targets);
        return await work.finish(await buildSession(engine, part));
      } finally {
        loading.end();
      }
    },
  ]);
}

/** An engine that lets works load what they will need while the first command runs. */
function loadingWhileRunning(
  engine: PythonEngine,
  works: readonly PlannedWork<unknown>[],
): { readonly engine: PythonEngine; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const load = (): void => {
    for (const work of works) work.whileRunning?.();
  };
  const listener: BuildListener = (event) => {
    if (event.type === 'started' && 'element' in event) timer ??= setTimeout(load, SANDBOX_START);
    engine.listener(event);
  };
  return {
    engine: { ...engine, listener },
    end: () => {
      clearTimeout(timer);
    },
  };
}

/** How long it takes from the start of an element until its first command runs, in milliseconds: about. */
const SANDBOX_START = 80;
