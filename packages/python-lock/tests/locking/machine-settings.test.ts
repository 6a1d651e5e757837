import type { Interpreter } from '@wheelhouse/python/internal';
import type { MachineSettings, Tools } from '@wheelhouse/python/fetch';
import { PackageIndex, anInterpreter, sharedTools } from '@wheelhouse/python/testing';
import { LockWorkspace } from '../testing/lock-workspace.js';

let index: PackageIndex;
let tools: Tools;
let interpreter: Interpreter;
beforeAll(async () => {
  index = await PackageIndex.start([
    ...['1.0', '1.1', '1.2'].map((version) => ({ name: 'leaf', version, format: 'wheel' }) as const),
    { name: 'maker', version: '1.0', format: 'wheel' },
    { name: 'maker', version: '2.0', format: 'wheel' },
    { name: 'hooked', version: '1.0', format: 'wheel', requires: ['maker'] },
  ]);
  index.uploaded.set('leaf-1.1-py3-none-any.whl', '2024-01-01T00:00:00Z');
  index.uploaded.set('leaf-1.2-py3-none-any.whl', '2025-01-01T00:00:00Z');
  index.uploaded.set('maker-2.0-py3-none-any.whl', '2024-01-01T00:00:00Z');
  tools = await sharedTools();
  interpreter = await anInterpreter();
}, 120_000);
afterAll(async () => {
  await index.stop();
});

const until = (value: string, isFirst: boolean): MachineSettings => ({
  excludeNewer: { value, at: { name: 'UV_EXCLUDE_NEWER' }, isFirst },
  passedOver: [],
});

test('a date that the machine has bounds all locks, is in their headers, and does not make them stale elsewhere', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf']);
  const { machine } = await workspace.lock({ machine: until('2023-01-01T00:00:00Z', false) });
  expect(machine.excludeNewer?.value).toBe('2023-01-01T00:00:00Z');
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.0']);
  expect(workspace.pins('build/app.txt')).toEqual(['hooked==1.0', 'maker==1.0']);
  const line = '\n# machine setting: exclude-newer = "2023-01-01T00:00:00Z"\n';
  for (const file of ['runtime.txt', 'test.txt', 'build/app.txt']) expect(workspace.read(file)).toContain(line);
  const [member] = (await workspace.input()).members;
  workspace.check(member!);

  // Without the date the versions stay, and the header does not speak of it any more.
  await workspace.lock();
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.0']);
  expect(workspace.read('runtime.txt')).not.toContain('machine setting');
}, 120_000);

test('the environment of a run that locks bounds nothing by itself', async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf']);
  const environment = { UV_EXCLUDE_NEWER: '2023-01-01T00:00:00Z', UV_CONSTRAINT: '/nowhere', UV_RESOLUTION: 'lowest' };
  await workspace.lock({ environment });
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.2']);
}, 120_000);

test("a date of the machine's files counts after the project's, and a variable before it", async () => {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf']);
  workspace.write('uv.toml', 'exclude-newer = "2024-06-01T00:00:00Z"\n');
  await workspace.lock({ machine: until('2023-01-01T00:00:00Z', false) });
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.1']);
  expect(workspace.read('runtime.txt')).not.toContain('machine setting');
  await workspace.lock({ machine: until('2023-01-01T00:00:00Z', true), upgrade: 'all' });
  expect(workspace.pins('runtime.txt')).toEqual(['leaf==1.0']);
  expect(workspace.read('runtime.txt')).toContain('# setting: exclude-newer = "2024-06-01T00:00:00Z"\n');
  expect(workspace.read('runtime.txt')).toContain('# machine setting: exclude-newer = "2023-01-01T00:00:00Z"\n');
}, 120_000);
