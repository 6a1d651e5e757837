import { findPython, readProjects } from '@wheelhouse/python/internal';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { writeFiles } from '../testing/files-below.js';

const PROJECT = '[project]\nname = "app"\nversion = "1"\n';

function built(backend: string, requires: string, more = ''): Readonly<Record<string, string>> {
  const system = `[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n`;
  return { 'pyproject.toml': `${PROJECT}${system}${more}` };
}

const FLIT = built('flit_core.buildapi', '"flit_core>=3.4"');
const HATCH = (more = ''): Readonly<Record<string, string>> => built('hatchling.build', '"hatchling"', more);
const POETRY = (more = ''): Readonly<Record<string, string>> => built('poetry.core.masonry.api', '"poetry-core"', more);
const PDM = (more = ''): Readonly<Record<string, string>> => built('pdm.backend', '"pdm-backend"', more);
const SETUPTOOLS = (more = ''): Readonly<Record<string, string>> =>
  built('setuptools.build_meta', '"setuptools>=77", "wheel"', more);

async function read(files: Readonly<Record<string, string>>) {
  const workspace = temporaryDirectory();
  writeFiles(workspace, Object.fromEntries(Object.entries(files).map(([path, content]) => [`app/${path}`, content])));
  const [metadata] = await readProjects(['app'], { workspace, python: () => findPython(process.env) });
  return metadata;
}

test.each<[string, Readonly<Record<string, string>>]>([
  ['flit', FLIT],
  ['uv', built('uv_build', '"uv_build>=0.8,<0.9"')],
  ['hatchling', HATCH()],
  [
    'hatchling with a version from git',
    built('hatchling.build', '"hatchling", "hatch-vcs"', '[tool.hatch.version]\nsource = "vcs"\n'),
  ],
  ['hatchling with a file of the version', HATCH('[tool.hatch.build.hooks.vcs]\nversion-file = "_v.py"\n')],
  ['Poetry', POETRY('[tool.poetry]\npackages = [{include = "app"}]\n')],
  ['PDM', PDM('[tool.pdm.version]\nsource = "file"\npath = "app.py"\n')],
  ['setuptools without setup.py', SETUPTOOLS('[tool.setuptools]\npackages = ["app"]\n')],
  ['setuptools by setup.cfg', { 'setup.cfg': '[metadata]\nname = app\nversion = 1\n' }],
])('nothing can be compiled where a wheel is built by %s', async (_what, files) => {
  expect((await read(files))?.isPure).toBe(true);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['maturin', built('maturin', '"maturin"')],
  ['meson', built('mesonpy', '"meson-python"')],
  ['a backend that nobody knows', built('somebody', '"somebody"')],
  ['a backend of its own', built('flit_core.buildapi', '"flit_core"', 'backend-path = ["."]\n')],
  ['setuptools with a setup.py', { ...SETUPTOOLS(), 'setup.py': 'from setuptools import setup\nsetup()\n' }],
  ['setuptools with an extension', SETUPTOOLS('[[tool.setuptools.ext-modules]]\nname = "a"\nsources = ["a.c"]\n')],
  ['setuptools with a command', SETUPTOOLS('[tool.setuptools.cmdclass]\nbuild_py = "app.build"\n')],
  ['setuptools with a command in setup.cfg', { ...SETUPTOOLS(), 'setup.cfg': '[options]\ncmdclass =\n  a = app.b\n' }],
  ['setuptools with Cython', built('setuptools.build_meta', '"setuptools", "cython"')],
  ['hatchling with a hook', HATCH('[tool.hatch.build.hooks.custom]\n')],
  ['hatchling with a hook of a target', HATCH('[tool.hatch.build.targets.wheel.hooks.mypyc]\n')],
  ['hatchling with a hook in hatch.toml', { ...HATCH(), 'hatch.toml': '[build.hooks.custom]\n' }],
  ['hatchling with a version by code', HATCH('[tool.hatch.version]\nsource = "code"\npath = "app.py"\n')],
  ['hatchling with a plugin of builds', HATCH('[tool.hatch.build.targets.wheel]\ndependencies = ["hatch-cython"]\n')],
  ['Poetry with a script', POETRY('[tool.poetry.build]\nscript = "build.py"\n')],
  ['PDM with a hook', { ...PDM(), 'pdm_build.py': 'def pdm_build_initialize(context): ...\n' }],
  ['PDM with setuptools', PDM('[tool.pdm.build]\nrun-setuptools = true\n')],
  ['PDM with a version by code', PDM('[tool.pdm.version]\nsource = "call"\ngetter = "app:version"\n')],
])('something may be compiled where a wheel is built by %s', async (_what, files) => {
  expect((await read(files))?.isPure).toBeUndefined();
});

describe('the table `tool.wheelhouse`', () => {
  test('names packages of the distribution', async () => {
    const metadata = await read(SETUPTOOLS('[tool.wheelhouse]\nsystem-packages = ["libpq-dev"]\n'));
    expect(metadata?.systemPackages).toEqual(['libpq-dev']);
    expect((await read(SETUPTOOLS()))?.systemPackages).toBeUndefined();
  });

  test.each([
    [
      'system-packages = "libpq-dev"',
      'app/pyproject.toml [line 8 column 0]: `system-packages` is not a list of strings',
    ],
    ['packages = []', 'app/pyproject.toml [line 8 column 0]: unknown key `packages` of `tool.wheelhouse`'],
  ])('has nothing else: `%s`', async (line, message) => {
    const failure: unknown = await read(SETUPTOOLS(`[tool.wheelhouse]\n${line}\n`)).catch((error: unknown) => error);
    expect(formatError(failure as ElementError)).toBe(
      `${message}\nhint: the table \`tool.wheelhouse\` has one key, \`system-packages\`: a list of names of packages`,
    );
  });
});
