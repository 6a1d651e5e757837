import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildSession } from '@wheelhouse/element/internal';
import { readToolsLock } from '@wheelhouse/python/fetch';
import {
  openWorks,
  planClosure,
  ProjectPlan,
  type PlannedWork,
  type PythonWorkspace,
} from '@wheelhouse/python-stage/internal';
import { PlannedWorkspace } from '../testing/planned-workspace.js';

let planned: PlannedWorkspace;

beforeEach(() => {
  planned = new PlannedWorkspace();
  planned.project('a');
  planned.project('b');
});

/** The toolchain of a project, and the session that it was built in. */
async function toolchainOf(workspace: PythonWorkspace, name: string): Promise<PlannedWork<BuildSession>> {
  const operation = { workspace, project: workspace.project(name), engine: planned.engine };
  const closure = await planClosure(operation);
  const targets = closure.plan.toolchain(closure.own, 'python');
  return { operation, closure, targets, finish: ({ session }) => Promise.resolve(session) };
}

test('what two projects need is one element of one graph, and each sees its own part of it', async () => {
  const workspace = await planned.open();
  const [a, b] = [await toolchainOf(workspace, 'a'), await toolchainOf(workspace, 'b')];
  const events: string[] = [];
  const engine = {
    ...planned.engine,
    listener: (event: { readonly type: string }) => {
      events.push(event.type);
    },
  };
  const withHelpers = { ...b, targets: [...b.targets, b.closure.plan.imageBase({ layers: [], environment: {} })] };
  const works = [a, withHelpers].map((work) => ({ ...work, operation: { ...work.operation, engine } }));
  const [ofA, ofB] = await Promise.all((await openWorks(works)).map((run) => run()));
  const [toolchain = '', base = ''] = withHelpers.targets;
  expect(ofA?.element(toolchain)).toBe(ofB?.element(toolchain));
  expect([ofA?.has(base), ofB?.has(base)]).toEqual([false, true]);
  expect(events.filter((type) => type === 'ended')).toHaveLength(2);
});

test('projects whose plans mean different things by one name are built in graphs of their own', async () => {
  const workspace = await planned.open();
  const [a, b] = [await toolchainOf(workspace, 'a'), await toolchainOf(workspace, 'b')];
  const { own } = b.closure;
  const executable = join(planned.directory, 'bin', 'python3');
  mkdirSync(join(planned.directory, 'bin'));
  symlinkSync(own.interpreter.executable, executable);
  const other = { ...own, interpreter: { ...own.interpreter, executable } };
  const plan = new ProjectPlan(readToolsLock());
  const [name = ''] = plan.toolchain(other, 'python');
  const differing = { ...b, closure: { ...b.closure, own: other, all: [other], plan }, targets: [name] };
  const sessions = await Promise.all((await openWorks([a, differing])).map((run) => run()));
  const interpreters = sessions.map((session) => session.element(name).variables.toRecord().interpreter);
  expect(interpreters).toEqual([own.interpreter.executable, executable]);
});

test('what is wrong with one project does not keep another from being built', async () => {
  const workspace = await planned.open();
  const [a, b] = [await toolchainOf(workspace, 'a'), await toolchainOf(workspace, 'b')];
  const wheel = b.closure.plan.wheel(b.closure.own);
  rmSync(join(planned.directory, 'b'), { recursive: true });
  const [ofA, ofB] = (await openWorks([a, { ...b, targets: [wheel] }])).map((run) => run());
  await expect(ofB).rejects.toMatchObject({
    code: 'SOURCE',
    message: `\`${planned.directory}/b\` or something in it was removed while its files were listed`,
  });
  expect((await ofA)?.has(a.targets[0] ?? '')).toBe(true);
});
