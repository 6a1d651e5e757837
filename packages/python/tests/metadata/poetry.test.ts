import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { formatRequirement, parseRequirement, readProjects, type ProjectMetadata } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { canonicalSpecifier, satisfies } from '../../src/requirements/specifier.js';
import { installed } from '../testing/pip-environment.js';

const BUILD = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
const HEAD = `${BUILD}[tool.poetry]\nname = "My.App"\nversion = "1.0"\ndescription = "An app"\n`;

let workspace: string;
beforeEach(() => {
  workspace = temporaryDirectory();
  mkdirSync(join(workspace, 'app', 'my_app'), { recursive: true });
  writeFileSync(join(workspace, 'app', 'my_app', '__init__.py'), '');
});

async function read(pyproject: string): Promise<ProjectMetadata> {
  writeFileSync(join(workspace, 'app', 'pyproject.toml'), pyproject);
  const [metadata] = await readProjects(['app'], { workspace, python: () => Promise.resolve('python3') });
  return metadata!;
}

async function failure(pyproject: string): Promise<string> {
  const error: unknown = await read(pyproject).catch((reason: unknown) => reason);
  return formatError(error as ElementError);
}

/** What poetry-core itself says of the project. */
function ofPoetry(): { readonly python: string; readonly requires: readonly string[] } {
  const script = `import json
from pathlib import Path
from poetry.core.factory import Factory
from poetry.core.masonry.metadata import Metadata
made = Metadata.from_package(Factory().create_poetry(Path.cwd(), with_groups=False).package)
print(json.dumps({"python": made.requires_python or "", "requires": list(made.requires_dist)}))`;
  const env = { ...process.env, PYTHONPATH: installed('poetry-core==2.5.0'), PYTHONDONTWRITEBYTECODE: '1' };
  const output = execFileSync('python3', ['-c', script], { cwd: join(workspace, 'app'), encoding: 'utf8', env });
  return JSON.parse(output) as ReturnType<typeof ofPoetry>;
}

/** Requirements as a wheel's metadata has them. */
function requiresDist({ dependencies, optionalDependencies }: ProjectMetadata): string[] {
  const ofExtras = Object.entries(optionalDependencies).flatMap(([extra, list]) =>
    list.map((each) => {
      const line = formatRequirement(each);
      const [head = '', marker] = line.split(' ; ');
      return `${head} ; ${marker === undefined ? '' : `${marker} and `}extra == "${extra}"`;
    }),
  );
  return [...dependencies.map(formatRequirement), ...ofExtras].sort();
}

const lines = (requirements: ProjectMetadata['dependencies'] | undefined): string[] =>
  (requirements ?? []).map(formatRequirement);

const CONSTRAINTS = [
  ...['^1', '^1.2', '^1.2.3', '^1.2.3.4', '^0', '^0.0', '^0.0.0', '^0.1', '^0.2.3', '^0.0.3', '^0.0.3.4', '^1.2.3b1'],
  ...['^0.0.3rc1', '^1.0.post1', '^1!1.2', '^v1.2', '~1', '~1.2', '~1.2.3', '~1.2.3.4', '~1.2b1', '~3', '~=1', '~=1.4'],
  ...['~= 1.4.5', '1.*', '1.2.*', '==1.2.*', '!=1.2.*', '1.2.3.*', '1.*.*', '1.2.3', '=1.2', '==1.2', '!=1.2', '*'],
  ...['>=1,<2', '>=1 <2', '>1 , <=2.0', '>= 1.0, < 2', '>=1.0,', '^1.2,!=1.3', '1!1.2', '>1.0a1', '1.0.0.post1'],
];

test('version constraints mean what they mean to poetry-core', async () => {
  const names = CONSTRAINTS.map((_, index) => `d${index}`);
  const metadata = await read(
    `${HEAD}[tool.poetry.dependencies]\n${names.map((name, index) => `${name} = "${CONSTRAINTS[index]}"\n`).join('')}`,
  );
  expect(lines(metadata.dependencies)).toEqual(
    ofPoetry().requires.map((line) => formatRequirement(parseRequirement(line.replace(/~=1$/, '')))),
  );
});

describe('python', () => {
  const PYTHONS = ['2.7.18', ...Array.from({ length: 16 }, (_, minor) => `3.${minor}.1`), '4.0.0'];
  const fitting = (specifier: string): string[] => PYTHONS.filter((version) => satisfies(version, specifier));
  const declared = (python: string): string => `${HEAD}[tool.poetry.dependencies]\npython = "${python}"\n`;

  test.each(['*', '3.11', '3', '^3.8', '~3.9', '>=3.8,<4', '3.9.*', '3.9.1', '~2.7 || >=3.6'])(
    '%s means what it means to poetry-core',
    async (python) => {
      const { requiresPython = '' } = await read(declared(python));
      expect(fitting(requiresPython)).toEqual(fitting(canonicalSpecifier(ofPoetry().python)));
    },
  );

  test('gaps between alternatives are excluded', async () => {
    const { requiresPython } = await read(declared('>=3.6,<3.8 || >=3.9'));
    expect(requiresPython).toBe('!=2.7.*,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*,!=3.8.*,>=3.6');
  });
});

test('a project without [project] says everything with its places', async () => {
  const metadata = await read(`${HEAD}
[tool.poetry.dependencies]
python = "^3.10"
Django = "^5.1"
old = { version = "~1.4", python = "<3.12", extras = ["Fast_One", "b"] }
mac = { version = "*", platform = "darwin || linux" }
choice = [
  { version = "<2", python = "<3.11" },
  { version = ">=2", markers = "python_version >= '3.11' or os_name == 'nt'", platform = "!=win32" },
]
forked = { git = "git@example.org:team/forked.git", tag = "v1", subdirectory = "python" }
page = { url = "https://example.org/page-1.0.tar.gz" }
extra-one = { version = "1.*", optional = true }
unused = { version = "1", optional = true }
always-in-extra = "2"
[tool.poetry.extras]
Ex_Tra = ["extra_one", "always-in-extra"]
[tool.poetry.group.test.dependencies]
pytest = "^8"
python = "^3.10"
[tool.poetry.group.docs]
optional = true
include-groups = ["test"]
[tool.poetry.group.docs.dependencies]
sphinx = "*"
[tool.poetry.dev-dependencies]
black = "24.1"
[dependency-groups]
test = ["coverage"]
[tool.poetry.scripts]
app = "my_app:main"
`);
  expect(metadata).toMatchObject({
    name: 'My.App',
    version: '1.0',
    description: 'An app',
    requiresPython: '<4.0,>=3.10',
    origins: { name: { file: 'app/pyproject.toml', line: 5, column: 0 } },
  });
  expect(lines(metadata.dependencies)).toEqual([
    'django<6.0,>=5.1',
    'old[b,fast-one]<1.5,>=1.4 ; python_version < "3.12"',
    'mac ; sys_platform == "darwin" or sys_platform == "linux"',
    'choice<2 ; python_version < "3.11"',
    'choice>=2 ; (python_version >= "3.11" or os_name == "nt") and sys_platform != "win32"',
    'forked @ git+ssh://git@example.org/team/forked.git@v1#subdirectory=python',
    'page @ https://example.org/page-1.0.tar.gz',
  ]);
  expect(metadata.dependencies[1]?.origin).toEqual({ file: 'app/pyproject.toml', line: 12, column: 18 });
  expect(metadata.dependencies[4]?.origin).toEqual({ file: 'app/pyproject.toml', line: 16, column: 14 });
  expect(lines(metadata.optionalDependencies['ex-tra'])).toEqual(['extra-one==1.*', 'always-in-extra==2']);
  expect(lines(metadata.dependencyGroups.test)).toEqual(['coverage', 'pytest<9,>=8']);
  expect(lines(metadata.dependencyGroups.docs)).toEqual(['sphinx', 'coverage', 'pytest<9,>=8']);
  expect(lines(metadata.dependencyGroups.dev)).toEqual(['black==24.1']);
  const poetry = ofPoetry().requires.map((line) => formatRequirement(parseRequirement(line)));
  expect(requiresDist(metadata)).toEqual(poetry.sort());
});

test.each(['^3.8', '>3.8', '<=3.8', '3.8.*', '~3.8.2', '3.8', '3.8.1', '^2.7 || ^3.6', '!=3.9', '>=3.8,!=3.9.1', '*'])(
  'a dependency for python %s',
  async (python) => {
    const metadata = await read(`${HEAD}[tool.poetry.dependencies]\na = { version = "*", python = "${python}" }\n`);
    expect(lines(metadata.dependencies)).toEqual(
      ofPoetry().requires.map((line) => formatRequirement(parseRequirement(line))),
    );
  },
);

test('paths begin at the project, and are projects of the workspace where they lead to one', async () => {
  const metadata = await read(
    `${HEAD}[tool.poetry.dependencies]\nlib = { path = "../my lib", develop = true }\nsub = { path = "..", subdirectory = "sub" }\n`,
  );
  expect(lines(metadata.dependencies)).toEqual(['lib @ file:my%20lib', 'sub @ file:sub']);
});

describe('beside [project]', () => {
  const PROJECT = `${BUILD}[project]\nname = "app"\n`;

  test('Poetry adds its groups, and nothing to what `[project]` lists', async () => {
    const metadata = await read(
      `${PROJECT}version = "1"\ndependencies = ["a>=1"]\n[tool.poetry.dependencies]\nb = "*"\n[tool.poetry.group.test.dependencies]\npytest = "*"\n`,
    );
    expect(lines(metadata.dependencies)).toEqual(['a>=1']);
    expect(lines(metadata.dependencyGroups.test)).toEqual(['pytest']);
  });

  test.each([
    ['dynamic', 'dynamic = ["version", "dependencies", "requires-python"]\n[tool.poetry]\nversion = "2"\n'],
    ['left out', 'dynamic = ["version"]\n[tool.poetry]\nversion = "2"\n'],
  ])('what is %s comes from its table', async (_, rest) => {
    const metadata = await read(`${PROJECT}${rest}[tool.poetry.dependencies]\npython = "^3.10"\nb = "^1"\n`);
    expect([metadata.version, metadata.requiresPython]).toEqual(['2', '<4.0,>=3.10']);
    expect(lines(metadata.dependencies)).toEqual(['b<2,>=1']);
    const { python, requires } = ofPoetry();
    expect([canonicalSpecifier(python), ...requires]).toEqual(['<4.0,>=3.10', 'b (>=1,<2)']);
  });
});

test('a placeholder for a version from git is left open', async () => {
  const { version, vcsVersion } = await read(
    `${HEAD.replace('poetry.core.masonry.api', 'poetry_dynamic_versioning.backend')}[tool.poetry-dynamic-versioning]\nenable = true\n`,
  );
  expect([version, vcsVersion?.tool]).toEqual([undefined, 'poetry-dynamic-versioning']);
});

describe('what is wrong', () => {
  const AT = 'app/pyproject.toml';
  const DEPENDENCIES = `${HEAD}[tool.poetry.dependencies]\n`;
  test.each([
    [`${BUILD}[tool.poetry]\nversion = "1"\n`, `${AT} [line 4 column 0]: \`tool.poetry\` has no \`name\``],
    [
      '[tool.poetry]\nname = "a"\n',
      `${AT} [line 1 column 0]: the project is described by \`tool.poetry\`, which \`setuptools.build_meta:__legacy__\` does not read`,
    ],
    [
      `${DEPENDENCIES}a = "^x"\n`,
      `${AT} [line 9 column 4]: \`^x\` is not a version constraint\nhint: Poetry's constraints are written as \`^1.2\`, \`~1.2\`, \`1.2.*\`, \`1.2\` or \`>=1.2,<2\``,
    ],
    [
      `${DEPENDENCIES}a = ">=1,<>2"\n`,
      `${AT} [line 9 column 4]: \`>=1,<>2\` is not a version constraint: cannot parse \`<>2\``,
    ],
    [
      `${DEPENDENCIES}a = { version = "^1 || ^3" }\n`,
      `${AT} [line 9 column 16]: \`^1 || ^3\` has alternatives, which version specifiers and wheel metadata cannot express (PEP 440)\nhint: write one range, such as \`>=1.0,!=2.0.*,<3.0\`, or several constraints with \`markers\``,
    ],
    [`${DEPENDENCIES}a = { git = "../a" }\n`, `${AT} [line 9 column 12]: \`../a\` of \`a\` is not a repository URL`],
    [`${DEPENDENCIES}a = 1\n`, `${AT} [line 9 column 0]: \`a\` is neither a version nor a table`],
    [
      `${HEAD}[tool.poetry.extras]\nx = ["y"]\n`,
      `${AT} [line 9 column 5]: the extra \`x\` lists \`y\`, which is not a dependency`,
    ],
    [`${DEPENDENCIES}python = ">>3"\n`, `${AT} [line 9 column 0]: \`>>3\` is not a version constraint`],
  ])('%j', async (pyproject, message) => {
    expect((await failure(pyproject)).slice(0, message.length)).toBe(message);
  });

  test('is said all at once', async () => {
    const text = await failure(`${DEPENDENCIES}a = "^x"\nb = "^y"\n`);
    expect(text.match(/is not a version constraint/g)).toHaveLength(2);
  });
});
