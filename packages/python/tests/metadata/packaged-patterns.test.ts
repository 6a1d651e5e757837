import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, readProjects } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';

/** The patterns of a project, each on a line: its place, what is written, and what that means. */
async function patterns(files: Readonly<Record<string, string>>): Promise<string[]> {
  const workspace = temporaryDirectory();
  mkdirSync(join(workspace, 'app'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace, 'app', name), text);
  const [metadata] = await readProjects(['app'], { workspace, python: () => findPython(process.env) });
  return (metadata?.patterns ?? []).map(
    ({ pattern, globs, package: name, origin }) =>
      `${origin.file.slice(4)}:${origin.line} ${name === undefined ? '' : `[${name}] `}${pattern}: ${globs.join(' ')}`,
  );
}

const project = (backend: string, rest: string): string =>
  `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n[project]\nname = "app"\nversion = "1"\n${rest}`;

test.each<[string, Readonly<Record<string, string>>, string[]]>([
  [
    'setuptools in pyproject.toml',
    {
      'pyproject.toml': project(
        'setuptools.build_meta',
        '[tool.setuptools.package-data]\n"*" = ["*.txt"]\n"app.web" = [\n  "static/**",\n  "../other/*",\n]\n[tool.setuptools.data-files]\n"share" = ["man/*.1"]\n',
      ),
    },
    [
      'pyproject.toml:14 man/*.1: man/*.1 man/*.1/**',
      'pyproject.toml:8 [] *.txt: **/*.txt',
      'pyproject.toml:10 [app.web] static/**: app/web/static/**',
      'pyproject.toml:11 [app.web] ../other/*: app/other/*',
    ],
  ],
  [
    'setup.cfg and MANIFEST.in',
    {
      'setup.cfg':
        '[metadata]\nname = app\n[options.package_data]\n* = *.txt, *.rst\napp =\n    static/*\n    py.typed\n[options.data_files]\nshare = man/*\n',
      'MANIFEST.in':
        '# include no\ninclude a.txt \\\n  ./b.txt\nrecursive-include web/static *.js *.css\nexclude c\ngraft docs/\nglobal-include *.typed\nprune x\n',
    },
    [
      'setup.cfg:4 [] *.txt: **/*.txt',
      'setup.cfg:4 [] *.rst: **/*.rst',
      'setup.cfg:6 [app] static/*: app/static/*',
      'setup.cfg:7 [app] py.typed: app/py.typed',
      'setup.cfg:9 man/*: man/* man/*/**',
      'MANIFEST.in:2 a.txt: a.txt',
      'MANIFEST.in:2 b.txt: b.txt',
      'MANIFEST.in:4 web/static *.js: web/static/**/*.js',
      'MANIFEST.in:4 web/static *.css: web/static/**/*.css',
      'MANIFEST.in:6 docs: docs/**',
      'MANIFEST.in:7 *.typed: **/*.typed',
    ],
  ],
  [
    'setup.py',
    {
      'setup.py':
        'from setuptools import setup\nDATA = ["a/*"] + ["b" + "/*"]\nsetup(\n  name="app",\n  package_data={\n    "app": DATA,\n    "": ["*.md"],\n    "app.x": ["c/*"],\n  },\n)\n',
    },
    [
      'setup.py:5 [app] a/*: app/a/*',
      'setup.py:5 [app] b/*: app/b/*',
      'setup.py:7 [] *.md: **/*.md',
      'setup.py:8 [app.x] c/*: app/x/c/*',
    ],
  ],
  [
    'hatchling',
    {
      'pyproject.toml': project(
        'hatchling.build',
        '[tool.hatch.build]\nartifacts = ["*.so", "!x.so", "/web/static/"]\n[tool.hatch.build.targets.wheel]\npackages = ["src/app"]\n[tool.hatch.build.targets.sdist]\ninclude = ["docs/x", "*.md"]\n[tool.hatch.build.targets.wheel.force-include]\n"web/dist" = "app/web"\n"../x" = "app/x"\n',
      ),
    },
    [
      'pyproject.toml:8 *.so: **/*.so **/*.so/**',
      'pyproject.toml:8 /web/static/: web/static web/static/**',
      'pyproject.toml:14 web/dist: web/dist web/dist/**',
      'pyproject.toml:10 src/app: src/app src/app/**',
      'pyproject.toml:12 docs/x: docs/x docs/x/**',
      'pyproject.toml:12 *.md: **/*.md **/*.md/**',
    ],
  ],
  [
    'Poetry, by texts and tables',
    {
      'pyproject.toml':
        '[build-system]\nrequires = []\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "app"\nversion = "1"\ninclude = ["a/*.txt", { path = "b", format = "wheel" }]\n',
    },
    ['pyproject.toml:7 a/*.txt: a/*.txt a/*.txt/**', 'pyproject.toml:7 b: b b/**'],
  ],
  [
    'pdm-backend',
    { 'pyproject.toml': project('pdm.backend', '[tool.pdm.build]\nincludes = ["a"]\nsource-includes = ["b/*"]\n') },
    ['pyproject.toml:8 a: a a/**', 'pyproject.toml:9 b/*: b/* b/*/**'],
  ],
  [
    'flit',
    { 'pyproject.toml': project('flit_core.buildapi', '[tool.flit.sdist]\ninclude = ["doc/"]\n') },
    ['pyproject.toml:8 doc/: doc doc/**'],
  ],
  [
    'none where another backend would read them',
    { 'pyproject.toml': project('hatchling.build', ''), 'MANIFEST.in': 'include x\n' },
    [],
  ],
])('%s', async (_what, files, expected) => {
  expect(await patterns(files)).toEqual(expected);
});
