import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, readProjects, type MarkerEnvironment, sameSpecifier } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { fileBytes, metadataDifferences } from '@wheelhouse/python-stage/inspection';
import { makeArchives } from '../testing/archives.js';

const MARKERS: MarkerEnvironment = {
  os_name: 'posix',
  sys_platform: 'linux',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
  platform_release: '6',
  platform_system: 'Linux',
  platform_version: '1',
  python_version: '3.11',
  python_full_version: '3.11.7',
  implementation_name: 'cpython',
  implementation_version: '3.11.7',
};

type Files = Readonly<Record<string, string>>;

/** A project, what METADATA and entry_points.txt of its wheel say, and how they differ, each difference on a line. */
type Case = readonly [what: string, files: Files, metadata: string, entryPoints?: string, expected?: readonly string[]];

const HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
const POETRY = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
const project = (rest: string, build = HATCH): Files => ({
  'pyproject.toml': `${build}[project]\nname = "app"\nversion = "1.0"\n${rest}`,
});
const setup = (rest: string): Files => ({
  'setup.py': `import sys\nfrom setuptools import setup\nsetup(name="app", version="1.0",\n${rest})\n`,
});
const config = (rest: string, more: Files = {}): Files => ({
  'setup.cfg': `[metadata]\nname = app\nversion = 1.0\n${rest}`,
  ...more,
});
const poetry = (rest: string): Files => ({
  'pyproject.toml': `${POETRY}[tool.poetry]\nname = "app"\nversion = "1.0.0"\ndescription = "An app"\n${rest}`,
});
const requires = (...lines: readonly string[]): string => lines.map((line) => `Requires-Dist: ${line}\n`).join('');

const SAME: readonly Case[] = [
  [
    'what a backend in the tree leaves out but for requirements',
    project(
      'dependencies = ["a"]\ndescription = "x"\nrequires-python = ">=3.8"\nreadme = "README.md"\noptional-dependencies = { t = ["b"] }',
      '[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n',
    ),
    requires('a'),
  ],
  ['nothing but a name', project(''), ''],
  [
    'requirements in another order and spelling',
    project(
      `dependencies = ["B_c>=1.0,<2", 'a ; python_version<"3.9" and sys_platform == "win32"', "d[x,Y]", "e@ git+https://u:p@host/e.git@main"]`,
    ),
    requires(
      'd[y,x]',
      `a ; (sys_platform == 'win32' and python_version < '3.9')`,
      'b-c (<2,>=1)',
      'e @ git+https://host/e@main',
    ),
  ],
  [
    'extras that are folded, normalised, or in terms of one another',
    project(
      '[project.optional-dependencies]\nDev_Tools = ["a>=1", "b"]\ntest = ["a>=1"]\nall = ["app[test,dev-tools]"]\nnone = []\n',
    ),
    `Provides-Extra: all\nProvides-Extra: dev-tools\nProvides-Extra: test\nProvides-Extra: none\n${requires(
      'a>=1; extra == "dev-tools" or extra == "test" or extra == "all"',
      "b; extra == 'dev-tools'",
      "b; extra == 'all'",
    )}`,
  ],
  [
    'paths that the backend wrote out',
    project('dependencies = ["lib @ {root:uri}/../lib", "other @ file:../other", "third @ file:///${PROJECT_ROOT}/x"]'),
    requires('lib @ file:///build/lib', 'other>=1.2', 'third @ file:///build/x'),
  ],
  ['Python in other words', project('requires-python = ">= 3.8.0, <4.0"'), 'Requires-Python: <4,>=3.8\n'],
  ['a summary of several lines', project('description = """One\n  line\nmore"""'), 'Summary: One line more\n'],
  ['the first line of one', setup('description="One\\ntwo",'), 'Summary: One\n'],
  ['UNKNOWN for nothing', setup(''), 'Summary: UNKNOWN\nRequires-Python: UNKNOWN\n'],
  [
    'conditions of a setup.py that are settled',
    setup('install_requires=["a"] + (["b"] if sys.version_info < (3, 9) else ["c"]),'),
    requires('a', 'c'),
  ],
  [
    'extras with markers in their names',
    setup(`extras_require={':python_version<"3"': ["old"], 'x:sys_platform=="linux"': ["y"]},`),
    `Provides-Extra: x\n${requires(`old; python_version < "3"`, `y; sys_platform == "linux" and extra == 'x'`)}`,
  ],
  [
    'entry points of setup.py, lists and text',
    setup('entry_points={"console_scripts": ["app = app.cli : main [x]"], "p": "a=b\\n# no\\nc = d"},'),
    '',
    '[console_scripts]\napp = app.cli:main [x]\n[p]\na = b\nc = d\n[of.a.plugin]\nx = y\n',
  ],
  [
    'entry points of setup.cfg',
    config('[options.entry_points]\nconsole_scripts =\n    app = app:main\n'),
    '',
    '[console_scripts]\napp=app:main\n',
  ],
  [
    'what a plugin says of fields that are dynamic',
    project('dynamic = ["description", "readme", "scripts"]'),
    'Summary: x\n',
  ],
  [
    'what a plugin of setuptools adds that setup.py leaves out',
    setup(''),
    'Summary: x\nRequires-Python: >=3.8\nProvides-Extra: x\n',
  ],
  [
    "Poetry's constraints, extras and scripts",
    poetry(
      `[tool.poetry.dependencies]
python = "^3.9"
a = "^1.2"
b = { version = "~2.0", optional = true, python = ">=3.8" }
lib = { path = "../lib", develop = true }
c = [{ version = "1.2.*", python = "<3.12" }, { version = "^2", python = ">=3.12" }]
[tool.poetry.extras]
more = ["b"]
[tool.poetry.scripts]
app = { reference = "app:main", type = "console" }
file = { reference = "bin/x", type = "file" }
[tool.poetry.plugins."p.q"]
one = "app:one"
`,
    ),
    `Summary: An app\nRequires-Python: >=3.9,<4.0\nProvides-Extra: more\n${requires(
      'a (>=1.2,<2.0)',
      'b (>=2.0,<2.1) ; extra == "more"',
      'c (>=1.2,<1.3) ; python_version < "3.12"',
      'c (>=2,<3) ; python_version >= "3.12"',
      'lib @ file:///build/lib',
    )}`,
    '[console_scripts]\napp=app:main\n\n[p.q]\none=app:one\n',
  ],
  [
    'a long description',
    project('readme = { text = "Words", content-type = "text/plain" }'),
    'Description-Content-Type: text/plain\n\nWords\n',
  ],
  ['a long description in its field', setup('long_description="Words",'), 'Description: Words\n        more\n'],
  ['requirements from files alone', { ...setup(''), 'requirements.txt': 'from-file' }, ''],
  ['those that the wheel has, too', { ...setup(''), 'requirements.txt': 'from-file' }, requires('from-file>=1')],
];

const DIFFERENT: readonly Case[] = [
  [
    'requirements that a backend in the tree leaves out',
    project('dependencies = ["a"]', '[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n'),
    '',
    '',
    ['app/pyproject.toml:8 Requires-Dist: a -> '],
  ],
  [
    'requirements that are missing, other ones, or more',
    project('dependencies = [\n  "a",\n  "b>=1",\n  "c",\n]'),
    requires('c', 'b>=2', 'd'),
    '',
    ['app/pyproject.toml:8 Requires-Dist: a, b>=1 -> b>=2, d'],
  ],
  ['none', project('dependencies = ["a"]'), '', '', ['app/pyproject.toml:7 Requires-Dist: a -> ']],
  [
    'more than a project that requires nothing',
    project(''),
    requires('a'),
    '',
    ['app/pyproject.toml:5 Requires-Dist:  -> a'],
  ],
  [
    'a marker for another platform',
    project(`dependencies = ["a ; sys_platform == 'win32'"]`),
    requires('a ; sys_platform == "darwin"'),
    '',
    ['app/pyproject.toml:7 Requires-Dist: a ; sys_platform == "win32" -> a ; sys_platform == "darwin"'],
  ],
  [
    'an address, or another one',
    project('dependencies = ["a", "b @ https://host/b-1.zip"]'),
    requires('a @ https://host/a.zip', 'b @ https://host/b-2.zip'),
    '',
    [
      'app/pyproject.toml:7 Requires-Dist: a, b @ https://host/b-1.zip -> a @ https://host/a.zip, b @ https://host/b-2.zip',
    ],
  ],
  [
    'an extra that is missing, and one more',
    project('[project.optional-dependencies]\ntest = ["a"]'),
    'Provides-Extra: dev\nRequires-Dist: b ; extra == "dev"\n',
    '',
    [
      'app/pyproject.toml:7 Provides-Extra: test -> dev',
      'app/pyproject.toml:8 Requires-Dist: a ; extra == "test" -> b ; extra == "dev"',
    ],
  ],
  [
    'what an extra requires outside of it',
    project('[project.optional-dependencies]\ntest = ["a"]'),
    'Provides-Extra: test\nRequires-Dist: a\n',
    '',
    ['app/pyproject.toml:8 Requires-Dist: a ; extra == "test" -> a'],
  ],
  [
    'another name, version, Python and summary',
    {
      'pyproject.toml': `${HATCH}[project]\nname = "apps"\nversion = "1.1"\nrequires-python = ">=3.8"\ndescription = "It"\n`,
    },
    'Requires-Python: >=3.9\n',
    '',
    [
      'app/pyproject.toml:5 Name: apps -> app',
      'app/pyproject.toml:6 Version: 1.1 -> 1.0',
      'app/pyproject.toml:8 Summary: It -> ',
      'app/pyproject.toml:7 Requires-Python: >=3.8 -> >=3.9',
    ],
  ],
  [
    'other entry points',
    project('[project.scripts]\na = "app:a"\nb = "app:b"\n[project.entry-points."p.q"]\nx = "y"\n'),
    '',
    '[console_scripts]\nb = app:c\nd = app:d\n',
    [
      'app/pyproject.toml:7 entry_points.txt [console_scripts]: a = app:a, b = app:b -> b = app:c, d = app:d',
      'app/pyproject.toml:7 entry_points.txt [p.q]: x = y -> ',
    ],
  ],
  [
    'no long description',
    config('long_description = file: README.md, CHANGES.md\n', { 'README.md': 'x' }),
    'Summary: UNKNOWN\n\nUNKNOWN\n',
    '',
    ['app/setup.cfg:4 Description: README.md, CHANGES.md -> '],
  ],
  [
    'a requirement that setup.py leaves to other code',
    setup(''),
    requires('a', 'b ; python_version < "3"', 'c ; extra == "x"'),
    '',
    ['app/setup.py:3 Requires-Dist:  -> a'],
  ],
  [
    'what setup.py has as literals',
    setup('install_requires=["a"], python_requires=">=3.8", entry_points="[console_scripts]\\na = b:c",'),
    requires('b'),
    '',
    [
      'app/setup.py:4 Requires-Python: >=3.8 -> ',
      'app/setup.py:4 Requires-Dist: a -> b',
      'app/setup.py:4 entry_points.txt [console_scripts]: a = b:c -> ',
    ],
  ],
];

let found: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  const workspace = temporaryDirectory();
  const all = [...SAME, ...DIFFERENT];
  for (const [index, [, files]] of all.entries()) {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(workspace, String(index), 'app'), { recursive: true });
      writeFileSync(join(workspace, String(index), 'app', name), text);
    }
  }
  const roots = all.map((_, index) => `${index}/app`);
  const projects = await readProjects(roots, { workspace, python: () => findPython(process.env) });
  const archives = makeArchives(
    all.map(([, , metadata, entryPoints = '']) => ({
      name: 'app-1.0-py3-none-any.whl',
      members: [
        { name: 'app-1.0.dist-info/METADATA', text: `Metadata-Version: 2.4\nName: app\nVersion: 1.0\n${metadata}` },
        ...(entryPoints === '' ? [] : [{ name: 'app-1.0.dist-info/entry_points.txt', text: entryPoints }]),
      ],
    })),
  );
  const lines = new Map<string, readonly string[]>();
  for (const [index, [what]] of all.entries()) {
    const differences = await metadataDifferences(fileBytes(archives[index]!), {
      metadata: projects[index]!,
      markers: MARKERS,
    });
    lines.set(
      what,
      differences.map(
        ({ field, read, built, origin }) =>
          `${origin.file.replace(/^\d+\//, '')}:${origin.line} ${field}: ${read.join(', ')} -> ${built.join(', ')}`,
      ),
    );
  }
  found = lines;
});

test.each(SAME.map(([what]) => what))('no difference: %s', (what) => {
  expect(found.get(what)).toEqual([]);
});

test.each(DIFFERENT.map(([what, , , , expected]) => [what, expected] as const))(
  'a difference: %s',
  (what, expected) => {
    expect(found.get(what)).toEqual(expected);
  },
);

test.each([
  ['>=1.0', '>=1', true],
  ['==1.2.*', '>=1.2,<1.3', true],
  ['~=1.4', '>=1.4,<2', true],
  ['>=1,<2', '<2,>=1.0.0', true],
  ['!=3.0.*,>=2.7', '>=2.7,!=3.0.*', true],
  ['', '>=0', true],
  ['~=1.0', '~=1.0.0', false],
  ['==1.*', '==1.0.*', false],
  ['>=1', '>1', false],
  ['>=3.8', '>=3.8,<4', false],
  ['===1.0', '==1.0', false],
  ['', '>=3.8', false],
])('whether %j and %j admit the same: %j', (a, b, same) => {
  expect([sameSpecifier(a, b), sameSpecifier(b, a)]).toEqual([same, same]);
});
