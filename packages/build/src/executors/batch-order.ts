import type { TaskGraph } from '@nx/devkit';

/** A task of a batch. */
export interface TaskOfBatch {
  readonly id: string;
  /** The name of its project. */
  readonly project: string;
}

/** How the tasks of a batch are run. */
export interface BatchOrderOptions<R> {
  run(task: TaskOfBatch): Promise<R>;
  /** The result of a task that a task it depends on has failed. */
  skip(task: TaskOfBatch): R;
  /** How many run at once. */
  readonly concurrency: number;
}

/** An edge of Nx's graph of tasks: the name of a task up to Nx 23, and since 24 an object that holds it. */
type Edge = string | { readonly id: string };

/**
 * Runs each task of a graph when those it depends on have succeeded, several at once.
 *
 * @returns the results as they come
 */
export async function* batchOrder<R extends { readonly result: { readonly success: boolean } }>(
  graph: Pick<TaskGraph, 'tasks' | 'dependencies'>,
  options: BatchOrderOptions<R>,
): AsyncGenerator<R> {
  const waiting = new Map(
    Object.values(graph.tasks).map((task) => [task.id, { id: task.id, project: task.target.project }]),
  );
  // Whether it succeeded. What is not in the batch has been done before.
  const done = new Map<string, boolean>();
  const running = new Map<string, Promise<R>>();
  const needs = new Map(
    [...waiting.keys()].map((id) => [id, namesOf(graph.dependencies[id]).filter((name) => waiting.has(name))]),
  );
  const find = (wanted: (needed: readonly (boolean | undefined)[]) => boolean): TaskOfBatch | undefined =>
    [...waiting.values()].find(({ id }) => wanted((needs.get(id) ?? []).map((name) => done.get(name))));
  for (;;) {
    const lost = find((needed) => needed.includes(false));
    if (lost !== undefined) {
      waiting.delete(lost.id);
      done.set(lost.id, false);
      yield options.skip(lost);
      continue;
    }
    const ready = running.size < options.concurrency ? find((needed) => needed.every(Boolean)) : undefined;
    if (ready !== undefined) {
      waiting.delete(ready.id);
      running.set(ready.id, options.run(ready));
      continue;
    }
    if (running.size === 0) break;
    const [id, result] = await Promise.race([...running].map(async ([name, each]) => [name, await each] as const));
    running.delete(id);
    done.set(id, result.result.success);
    yield result;
  }
  if (waiting.size > 0) throw new Error(`tasks wait for each other: ${[...waiting.keys()].join(', ')}`);
}

function namesOf(edges: readonly Edge[] = []): string[] {
  return edges.map((edge) => (typeof edge === 'string' ? edge : edge.id));
}
