import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findPython, readProjects, type NamedFile } from '@wheelhouse/python/internal';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'named-'));
});
afterEach(() => {
  rmSync(workspace, { recursive: true, force: true });
});

async function named(files: Readonly<Record<string, string>>): Promise<readonly NamedFile[] | undefined> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, 'app', name)), { recursive: true });
    writeFileSync(join(workspace, 'app', name), text);
  }
  const [metadata] = await readProjects(['app'], { workspace, python: () => findPython(process.env) });
  return metadata?.namedFiles;
}

/** Paths as `path`, `glob:path` or `written:path`. */
function short(list: readonly NamedFile[] | undefined): string[] {
  return (list ?? []).map(
    ({ path, glob, written }) => `${glob === true ? 'glob:' : written === true ? 'written:' : ''}${path}`,
  );
}

const backend = (name: string): string => `[build-system]\nrequires = []\nbuild-backend = "${name}"\n`;
const PROJECT = '[project]\nname = "app"\nversion = "1"\n';
const DYNAMIC = '[project]\nname = "app"\ndynamic = ["version"]\n';

test('a project that names no files has none', async () => {
  expect(await named({ 'pyproject.toml': PROJECT })).toBeUndefined();
});

test('readme and licences are named with their places, for every backend', async () => {
  const text = `${PROJECT}readme = "docs/README.md"\nlicense-files = ["licenses/*.txt", "../LICENSE"]\n`;
  expect(await named({ 'pyproject.toml': text })).toEqual([
    { path: 'docs/README.md', origin: { file: 'app/pyproject.toml', line: 4, column: 0 } },
    { path: 'licenses/*.txt', glob: true, licence: true, origin: { file: 'app/pyproject.toml', line: 5, column: 0 } },
    { path: '../LICENSE', glob: true, licence: true, origin: { file: 'app/pyproject.toml', line: 5, column: 0 } },
  ]);
});

test.each<readonly [string, string, Readonly<Record<string, string>>, readonly string[]]>([
  [
    'tables of readme and license',
    `${PROJECT}readme = {file = "./a/b.rst", content-type = "text/x-rst"}\nlicense = {file = "COPYING"}\n`,
    {},
    ['a/b.rst', 'COPYING'],
  ],
  [
    'dynamic values of setuptools',
    `${backend('setuptools.build_meta')}[project]\nname = "app"\ndynamic = ["version", "readme", "dependencies", "optional-dependencies"]
[tool.setuptools.dynamic]
version = {attr = "pkg.about.__version__"}
readme = {file = ["README.rst", "docs/HISTORY.rst"]}
dependencies = {file = ["docs/a.txt", "docs/b.txt"]}
[tool.setuptools.dynamic.optional-dependencies]
t = {file = "tests/requirements.txt"}
[tool.setuptools_scm]
version_file = "pkg/_version.py"
`,
    { 'src/pkg/about.py': '', 'docs/a.txt': 'six\n', 'docs/b.txt': 'idna\n', 'tests/requirements.txt': 'pluggy\n' },
    [
      'src/pkg/about.py',
      'README.rst',
      'docs/HISTORY.rst',
      'docs/a.txt',
      'docs/b.txt',
      'tests/requirements.txt',
      'written:pkg/_version.py',
    ],
  ],
  [
    "hatchling's hooks and version",
    `${backend('hatchling.build')}${DYNAMIC}[tool.hatch.version]\npath = "pkg/about.py"
[tool.hatch.build.hooks.custom]
[tool.hatch.build.targets.wheel.hooks.custom]
path = "tools/hook.py"
[tool.hatch.build.hooks.vcs]
version-file = "pkg/_v.py"
[[tool.hatch.metadata.hooks.fancy-pypi-readme.fragments]]
path = "docs/intro.md"
[[tool.hatch.metadata.hooks.fancy-pypi-readme.fragments]]
text = "x"
[tool.setuptools.dynamic]
version = {file = "OTHER"}
`,
    {},
    ['pkg/about.py', 'hatch_build.py', 'tools/hook.py', 'docs/intro.md', 'written:pkg/_v.py'],
  ],
  [
    "pdm-backend's version and hook",
    `${backend('pdm.backend')}${DYNAMIC}[tool.pdm.version]\nsource = "file"\npath = "a/v.py"\n[tool.pdm.build]\ncustom-hook = "h.py"\n`,
    {},
    ['a/v.py', 'h.py'],
  ],
  [
    "Poetry's readmes and build script",
    `${backend('poetry.core.masonry.api')}[tool.poetry]\nname = "app"\nversion = "1"\nreadme = ["README.md", "docs/CHANGES.md"]\n[tool.poetry.build]\nscript = "build.py"\n`,
    {},
    ['README.md', 'docs/CHANGES.md', 'build.py'],
  ],
  ['the in-tree backend', `${backend('x')}backend-path = ["tools"]\n${PROJECT}`, {}, ['glob:tools/**']],
])('%s', async (_, pyproject, files, expected) => {
  expect(short(await named({ 'pyproject.toml': pyproject, ...files }))).toEqual(expected);
});

test('setup.cfg names files by `file:`, `attr:` and patterns', async () => {
  const config = `[metadata]
name = app
version = attr: pkg.__version__
long_description = file: README.md, docs/CHANGES.md
license_files =
  LICENSE*
  legal/NOTICE
[options]
package_dir =
  =lib
install_requires = file: reqs/base.txt
[options.extras_require]
t = file: reqs/test.txt
`;
  const files = { 'lib/pkg/__init__.py': '', 'reqs/base.txt': 'six\n', 'reqs/test.txt': 'pluggy\n' };
  expect(short(await named({ 'setup.cfg': config, ...files }))).toEqual([
    'lib/pkg/__init__.py',
    'README.md',
    'docs/CHANGES.md',
    'glob:LICENSE*',
    'glob:legal/NOTICE',
    'reqs/base.txt',
    'reqs/test.txt',
  ]);
});

describe('what is packaged although it looks like tests or documentation', () => {
  const setuptools = backend('setuptools.build_meta');

  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'packages by their names',
      { 'pyproject.toml': `${setuptools}${PROJECT}[tool.setuptools]\npackages = ["app", "tests.kit"]\n` },
      ['glob:tests/**'],
    ],
    [
      'packages that are found',
      { 'pyproject.toml': `${setuptools}${PROJECT}[tool.setuptools.packages.find]\n`, 'tests/__init__.py': '' },
      ['glob:tests/**'],
    ],
    [
      'no packages that are not to be found',
      {
        'pyproject.toml': `${setuptools}${PROJECT}[tool.setuptools.packages.find]\nexclude = ["tests*"]\n`,
        'tests/__init__.py': '',
      },
      [],
    ],
    [
      'no packages where others are looked for',
      {
        'pyproject.toml': `${setuptools}${PROJECT}[tool.setuptools.packages.find]\nwhere = ["src"]\n`,
        'tests/__init__.py': '',
      },
      [],
    ],
    [
      'no packages that setuptools discovers by itself',
      { 'pyproject.toml': `${setuptools}${PROJECT}`, 'tests/__init__.py': '' },
      [],
    ],
    [
      'what a setup.cfg finds',
      {
        'setup.cfg':
          '[metadata]\nname = app\n[options]\npackages = find:\n[options.packages.find]\ninclude = app*, test*\n',
        'tests/__init__.py': '',
      },
      ['glob:tests/**'],
    ],
    [
      'what a setup.py finds',
      {
        'setup.py': 'from setuptools import setup, find_packages\nsetup(name="app", packages=find_packages())\n',
        'tests/__init__.py': '',
      },
      ['glob:tests/**'],
    ],
    [
      'nothing that a setup.py leaves out',
      {
        'setup.py':
          'from setuptools import setup, find_packages\nsetup(name="app", packages=find_packages(exclude=("tests", "tests.*")))\n',
        'tests/__init__.py': '',
      },
      [],
    ],
    [
      'what MANIFEST.in takes into the sdist',
      {
        'pyproject.toml': `${setuptools}${PROJECT}`,
        'MANIFEST.in': 'graft tests\ninclude tox.ini app/*.txt\nprune docs\n',
      },
      ['sdist:tests/**', 'sdist:tox.ini'],
    ],
    [
      "hatchling's tables",
      {
        'pyproject.toml': `${backend('hatchling.build')}${PROJECT}[tool.hatch.build.targets.sdist]\ninclude = ["/src", "/tests"]
[tool.hatch.build.targets.wheel]\nexclude = ["docs"]\n[tool.hatch.build.targets.wheel.force-include]\n"docs/man" = "app/man"\n`,
      },
      ['sdist:tests/**', 'glob:docs/man', 'glob:docs/man/**'],
    ],
    [
      "Poetry's",
      {
        'pyproject.toml': `${backend('poetry.core.masonry.api')}[tool.poetry]\nname = "app"\nversion = "1"
packages = [{include = "app"}, {include = "test"}]\ninclude = [{path = "tests", format = "sdist"}]\n`,
      },
      ['glob:test/**', 'sdist:tests/**'],
    ],
    [
      "PDM's",
      {
        'pyproject.toml': `${backend('pdm.backend')}${PROJECT}[tool.pdm.build]\nincludes = ["app", "docs/*.md"]\nsource-includes = ["tests"]\n`,
      },
      ['glob:docs/*.md', 'glob:docs/*.md/**', 'sdist:tests/**'],
    ],
    [
      'an in-tree backend and its entry points',
      {
        'pyproject.toml': `[build-system]\nrequires = []\nbuild-backend = "own.build:api"\nbackend-path = ["."]\n${PROJECT}`,
      },
      ['glob:own.py', 'glob:own/**', 'glob:*.egg-info/**'],
    ],
  ])('%s', async (_what, files, expected) => {
    const list = (await named(files)) ?? [];
    expect(list.map(({ path, sdist }) => (sdist === true ? `sdist:${path}` : `glob:${path}`))).toEqual(expected);
  });
});

test('the list of files of an unpacked sdist is named, where setuptools or pbr builds it', async () => {
  const sdist = { 'PKG-INFO': 'Metadata-Version: 2.4\nName: app\nVersion: 1\n' };
  const origin = { file: 'app/PKG-INFO', line: 1, column: 0 };
  expect(await named({ 'setup.py': 'from setuptools import setup\nsetup(name="app")\n', ...sdist })).toEqual([
    { path: '*.egg-info/**', glob: true, origin },
    { path: 'src/*.egg-info/**', glob: true, origin },
  ]);
  const hatch = PROJECT.replace(
    '[project]',
    '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n[project]',
  );
  expect(await named({ 'pyproject.toml': hatch, ...sdist })).toBeUndefined();
});
