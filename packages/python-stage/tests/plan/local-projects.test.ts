import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import type { PlannedProject } from '@wheelhouse/python-stage/internal';
import { PlannedWorkspace } from '../testing/planned-workspace.js';

let workspace: PlannedWorkspace;
beforeEach(() => {
  workspace = new PlannedWorkspace();
});

function names(projects: readonly PlannedProject[]): string[] {
  return projects.map(({ metadata }) => metadata.name);
}

/** The elements of `project` whose keys a change of a file changes. */
async function changedBy(project: string, file: string): Promise<string[]> {
  const before = await workspace.keys(project);
  workspace.write(file, 'CHANGED = True\n');
  const after = await workspace.keys(project);
  return [...after.keys()].filter((name) => after.get(name) !== before.get(name)).sort();
}

test('a project that only the tests need is installed for them, and not shipped', async () => {
  workspace.project('app', 'dependencies = ["lib"]\n[dependency-groups]\ntest = ["kit"]\n');
  workspace.project('kit', 'dependencies = ["app", "below"]\n');
  workspace.project('below');
  workspace.project('lib');
  const { shipped, tested } = await workspace.session('app');
  expect(names(shipped.all)).toEqual(['app', 'lib']);
  expect(names(tested.all)).toEqual(['app', 'lib', 'below', 'kit']);
  expect(await changedBy('app', 'below/below/__init__.py')).toEqual([
    'installed/app.bst',
    'test/app.bst',
    'wheel/below.bst',
  ]);
});

test('a requirement whose marker does not hold here is neither installed nor has to be locked', async () => {
  workspace.project('app', 'dependencies = ["elsewhere ; sys_platform == \'plan9\'", "here ; os_name == \'posix\'"]\n');
  workspace.project('elsewhere');
  workspace.project('here');
  workspace.write('elsewhere/locks/test.txt', 'Not a lock.\n');
  expect(names((await workspace.session('app')).tested.all)).toEqual(['app', 'here']);
});

test('a wheel is built with a project of the workspace and what that requires; it ships neither', async () => {
  workspace.project('app', '', ['plugin']);
  workspace.project('plugin', 'dependencies = ["helper"]\n');
  workspace.project('helper');
  const { session, tested } = await workspace.session('app');
  expect(names(tested.all)).toEqual(['app']);
  const environment = session.element('wheel/app.bst').dependencies.map(({ element }) => element);
  expect(environment.flatMap(({ dependencies }) => dependencies.map(({ element }) => element.name))).toEqual(
    expect.arrayContaining(['wheel/helper.bst', 'wheel/plugin.bst']),
  );
  expect(await changedBy('app', 'helper/helper/__init__.py')).toEqual([
    'installed/app.bst',
    'test/app.bst',
    'wheel/app.bst',
    'wheel/helper.bst',
  ]);
});

test('pip is given the wheels of the workspace that it builds with', async () => {
  workspace.project('app', '', ['plugin']);
  workspace.project('plugin');
  const { session } = await workspace.session('app', { frontend: 'pip' });
  expect(session.element('wheel/app.bst').dependencies.map(({ element }) => element.name)).toContain(
    'wheel/plugin.bst',
  );
});

test('projects that require one another when they run are built each by itself', async () => {
  workspace.project('a', 'dependencies = ["b"]\n');
  workspace.project('b', 'dependencies = ["a"]\n');
  expect(names((await workspace.session('a')).shipped.all)).toEqual(['a', 'b']);
  expect(await changedBy('a', 'b/b/__init__.py')).toEqual(['installed/a.bst', 'test/a.bst', 'wheel/b.bst']);
});

test('the files of a project inside another are not sources of the outer one, unless they are in a package of it', async () => {
  workspace.project('.', 'dependencies = ["inner"]\n');
  workspace.project('libs/inner');
  workspace.project('libs/inner/deep');
  workspace.project('outer/templates/one');
  workspace.project('tests/fixture');
  workspace.write('outer/__init__.py', '');
  const wheelIs = ['installed/outer.bst', 'test/outer.bst', 'wheel/outer.bst'];
  expect(await changedBy('outer', 'outer/templates/one/one/__init__.py')).toEqual(wheelIs);
  expect(await changedBy('outer', 'libs/inner/deep/deep/__init__.py')).toEqual([]);
  expect(await changedBy('outer', 'libs/inner/inner/__init__.py')).toEqual([
    'installed/outer.bst',
    'test/outer.bst',
    'wheel/inner.bst',
  ]);
  expect(await changedBy('outer', 'tests/fixture/fixture/__init__.py')).toEqual(['test/outer.bst']);
  const including = { include: ['libs/inner/**'] };
  const before = await workspace.keys('outer', including);
  workspace.write('libs/inner/inner/__init__.py', 'INCLUDED = True\n');
  const after = await workspace.keys('outer', including);
  expect(after.get('wheel/outer.bst')).not.toBe(before.get('wheel/outer.bst'));
});

test.each<[string, string[]]>([
  ['each other', ['b']],
  ['what requires the other', ['c']],
])('wheels that are built with %s cannot be built', async (_how, builtWith) => {
  workspace.project('a', '', builtWith);
  workspace.project('b', '', ['a']);
  workspace.project('c', 'dependencies = ["b"]\n');
  const failed = await workspace.session('a').catch((error: unknown) => formatError(error as ElementError));
  expect(failed).toBe(
    'a/pyproject.toml [line 1 column 0]: the wheels of these workspace projects need each other to be built: `a` is built with `b`, `b` is built with `a`\nhint: remove one of them from `build-system.requires`, or from the requirements of a project listed there; put a backend inside the project on `build-system.backend-path`',
  );
});
