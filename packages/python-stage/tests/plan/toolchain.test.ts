import { type ElementError } from '@wheelhouse/element';
import { formatError, PackagesSource, type BuildSession } from '@wheelhouse/element/internal';
import type { ProjectSettings } from '@wheelhouse/python/internal';
import { PlannedWorkspace } from '../testing/planned-workspace.js';

const workspace = new PlannedWorkspace();
const PURE = '[build-system]\nrequires = []\nbuild-backend = "flit_core.buildapi"\n';

beforeAll(() => {
  workspace.project('native');
  workspace.project('pure');
  workspace.write('pure/pyproject.toml', `${PURE}[project]\nname = "pure"\nversion = "1"\nrequires-python = ">=3.8"\n`);
});

async function session(project: string, settings: ProjectSettings = {}): Promise<BuildSession> {
  return (await workspace.session(project, { toolchain: 'packages', ...settings })).session;
}

/** The names of the toolchain that an element is built with, without what follows a `-`. */
function toolchainsOf(opened: BuildSession, element: string): string[] {
  const names = opened.element(element).dependencies.map((dependency) => dependency.element.name);
  return names.filter((name) => name.startsWith('toolchain/')).map((name) => name.replace(/-.*/, ''));
}

function packagesOf(opened: BuildSession, element: string): string[] {
  const toolchain = opened
    .element(element)
    .dependencies.map((dependency) => dependency.element)
    .find(({ name }) => name.startsWith('toolchain/'));
  const source = toolchain?.sources.find((each) => each instanceof PackagesSource);
  return (source?.captured.packages ?? []).map((each) => each.split(':')[0] ?? '');
}

test('what may compile has a compiler, and all else has not', async () => {
  const pure = await session('pure');
  expect(toolchainsOf(pure, 'wheel/pure.bst')).toEqual(['toolchain/python']);
  expect(packagesOf(pure, 'wheel/pure.bst')).not.toContain('gcc');
  const native = await session('native');
  expect(toolchainsOf(native, 'wheel/native.bst')).toEqual(['toolchain/native']);
  expect(packagesOf(native, 'wheel/native.bst')).toContain('gcc');
  for (const element of ['test/native.bst', 'installed/native.bst']) {
    expect(toolchainsOf(native, element)).toEqual(['toolchain/python']);
    expect(packagesOf(native, element)).not.toContain('gcc');
  }
});

test('packages that a project names are in what it is compiled with and tested on, and change no other key', async () => {
  const [before, after] = [await session('native'), await session('native', { systemPackages: ['make'] })];
  // It is there with the compiler, and not with Python alone.
  expect(packagesOf(before, 'test/native.bst')).not.toContain('make');
  expect(packagesOf(after, 'test/native.bst')).toContain('make');
  const keyOf = (opened: BuildSession, name: string): string => opened.keys.key(opened.element(name));
  expect(keyOf(after, 'test/native.bst')).not.toBe(keyOf(before, 'test/native.bst'));
  const compilers = [before, after].map((opened) => {
    const names = opened.element('wheel/native.bst').dependencies.map((dependency) => dependency.element.name);
    return keyOf(opened, names.find((name) => name.startsWith('toolchain/')) ?? '');
  });
  // Its content is the same, whatever it is called.
  expect(compilers[1]).toBe(compilers[0]);
  const environments = (opened: BuildSession): string[] =>
    opened.graph.elements.filter(({ name }) => name.startsWith('env/')).map((each) => opened.keys.key(each));
  expect(environments(after)).toEqual(environments(before));
});

test('a project can name them itself', async () => {
  const own = new PlannedWorkspace();
  own.project('app', '[tool.wheelhouse]\nsystem-packages = ["there-is-no-such-package"]\n');
  const failure: unknown = await own.session('app', { toolchain: 'packages' }).catch((error: unknown) => error);
  expect(formatError(failure as ElementError)).toContain(
    'the package `there-is-no-such-package` is not installed\nhint: install it: `sudo apt-get install there-is-no-such-package`',
  );
});

test('a project whose toolchain is the machine has one for all', async () => {
  const host = await session('native', { toolchain: 'host' });
  const names = ['wheel/native.bst', 'test/native.bst'].map((element) =>
    host.element(element).dependencies.map((dependency) => dependency.element.kind),
  );
  for (const kinds of names) expect(kinds).toContain('host');
});
