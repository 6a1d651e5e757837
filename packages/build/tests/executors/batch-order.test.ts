import { setImmediate } from 'node:timers/promises';
import type { TaskGraph } from '@nx/devkit';
import { batchOrder, type TaskOfBatch } from '../../src/executors/batch-order.js';

type Graph = Pick<TaskGraph, 'tasks' | 'dependencies'>;

function graphOf(needs: Readonly<Record<string, readonly string[]>>): Graph {
  const task = (id: string): Graph['tasks'][string] => ({
    id,
    target: { project: `project of ${id}`, target: 'build-wheel' },
    overrides: {},
    outputs: [],
    parallelism: true,
    cache: true,
  });
  return {
    tasks: Object.fromEntries(Object.keys(needs).map((id) => [id, task(id)])),
    dependencies: Object.fromEntries(Object.entries(needs).map(([id, names]) => [id, [...names]])),
  };
}

interface Run {
  /** `> id` where a task began, `id` where it ended, `- id` where it was skipped. */
  readonly events: string[];
  readonly most: number;
}

async function runAll(graph: Graph, { concurrency = 2, failing = '' } = {}): Promise<Run> {
  const events: string[] = [];
  let running = 0;
  let most = 0;
  const run = async ({ id, project }: TaskOfBatch): Promise<{ result: { success: boolean } }> => {
    expect(project).toBe(`project of ${id}`);
    events.push(`> ${id}`);
    most = Math.max(most, ++running);
    await setImmediate();
    running--;
    events.push(id);
    return { result: { success: id !== failing } };
  };
  const skip = ({ id }: TaskOfBatch): { result: { success: boolean } } => {
    events.push(`- ${id}`);
    return { result: { success: false } };
  };
  for await (const { result } of batchOrder(graph, { run, skip, concurrency }))
    expect(typeof result.success).toBe('boolean');
  return { events, most };
}

describe('the order of a batch', () => {
  it('begins a task when those it depends on have ended, and takes those of no batch for done', async () => {
    const { events } = await runAll(
      graphOf({ top: ['left', 'right'], left: ['base'], right: ['base', 'elsewhere'], base: [] }),
    );
    expect(events.slice(0, 2)).toEqual(['> base', 'base']);
    expect(events.slice(-2)).toEqual(['> top', 'top']);
    expect(events.filter((event) => event.startsWith('>'))).toHaveLength(4);
  });

  it('reads the edges of Nx 24, too', async () => {
    const { dependencies, tasks } = graphOf({ top: ['base'], base: [] });
    const edges = Object.fromEntries(
      Object.entries(dependencies).map(([id, names]) => [id, names.map((name) => ({ id: name }))]),
    );
    const { events } = await runAll({ tasks, dependencies: edges as unknown as Graph['dependencies'] });
    expect(events).toEqual(['> base', 'base', '> top', 'top']);
  });

  it('runs no more at once than it may, and no fewer', async () => {
    const graph = graphOf(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`task ${index}`, []])));
    expect((await runAll(graph, { concurrency: 3 })).most).toBe(3);
    expect((await runAll(graph, { concurrency: 1 })).most).toBe(1);
  });

  it('skips what depends on a failed task, directly or indirectly, and continues with the rest', async () => {
    const graph = graphOf({ top: ['middle'], middle: ['base'], other: [], base: [] });
    const { events } = await runAll(graph, { concurrency: 1, failing: 'base' });
    expect(events).toEqual(['> other', 'other', '> base', 'base', '- middle', '- top']);
  });

  it('says which tasks wait for one another', async () => {
    await expect(runAll(graphOf({ a: ['b'], b: ['a'] }))).rejects.toThrow('tasks wait for each other: a, b');
  });
});
