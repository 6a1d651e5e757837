import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  everythingRequired,
  findPython,
  formatRequirement,
  readEachProject,
  readProjects,
  sameNames,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { writeFiles } from '../testing/files-below.js';

let workspace: string;
beforeEach(() => {
  workspace = temporaryDirectory();
});

function write(files: Readonly<Record<string, string>>): void {
  writeFiles(workspace, files);
}

const python = (): Promise<string> => findPython(process.env);

async function read(root = 'app'): Promise<ProjectMetadata> {
  const [metadata] = await readProjects([root], { workspace, python });
  return metadata!;
}

async function failure(...roots: string[]): Promise<string> {
  const error: unknown = await readProjects(roots, { workspace, python }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return formatError(error as ElementError);
}

function lines(requirements: ProjectMetadata['dependencies'] | undefined): string[] {
  return (requirements ?? []).map(formatRequirement);
}

const BUILD = '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n';

describe('pyproject.toml', () => {
  test('says everything with its places', async () => {
    write({
      'app/pyproject.toml': `${BUILD}backend-path = ["tools"]
[project]
name = "My.App"
version = "1.0"
description = "An app"
requires-python = ">= 3.10"
dependencies = [
  "Django>=5.2,<5.3",
  'x ; os_name == "nt"',
]
[project.optional-dependencies]
Test_All = ["pytest"]
[dependency-groups]
base = ["ruff"]
Dev = [{include-group = "Base"}, "mypy>1"]
`,
    });
    const metadata = await read();
    expect(metadata).toMatchObject({
      root: 'app',
      name: 'My.App',
      normalizedName: 'my-app',
      version: '1.0',
      description: 'An app',
      requiresPython: '>=3.10',
      buildSystem: { backend: 'setuptools.build_meta', backendPath: ['tools'] },
      origins: { name: { file: 'app/pyproject.toml', line: 6, column: 0 } },
    });
    expect(lines(metadata.dependencies)).toEqual(['django<5.3,>=5.2', 'x ; os_name == "nt"']);
    expect(metadata.dependencies[0]?.origin).toEqual({ file: 'app/pyproject.toml', line: 11, column: 2 });
    expect(metadata.dependencies[1]?.origin).toEqual({ file: 'app/pyproject.toml', line: 12, column: 2 });
    expect(lines(metadata.optionalDependencies['test-all'])).toEqual(['pytest']);
    expect(lines(metadata.dependencyGroups.dev)).toEqual(['ruff', 'mypy>1']);
    expect(lines(metadata.buildSystem.requires)).toEqual(['setuptools>=77']);
  });

  test('without a build system means setuptools (PEP 517)', async () => {
    write({ 'app/pyproject.toml': '[project]\nname = "app"\nversion = "1"\n' });
    const { buildSystem } = await read();
    expect(buildSystem).toMatchObject({ backend: 'setuptools.build_meta:__legacy__', backendPath: [] });
    expect(lines(buildSystem.requires)).toEqual(['setuptools>=40.8.0']);
  });

  test('hands dynamic fields to setup.cfg and setup.py, and may leave the version open', async () => {
    write({
      'app/pyproject.toml': `${BUILD}[project]\nname = "app"\ndynamic = ["version", "dependencies", "optional-dependencies"]\n`,
      'app/setup.cfg': '[options]\ninstall_requires =\n  a>1\n  b\n[options.extras_require]\ntest = pytest; coverage\n',
      'app/setup.py': 'from setuptools import setup\nsetup(version=compute())\n',
    });
    const metadata = await read();
    expect(metadata.version).toBeUndefined();
    expect(lines(metadata.dependencies)).toEqual(['a>1', 'b']);
    expect(lines(metadata.optionalDependencies.test)).toEqual(['pytest', 'coverage']);
  });

  test('reads dynamic requirements that setuptools takes from files', async () => {
    write({
      'app/pyproject.toml': `${BUILD}[project]\nname = "app"\ndynamic = ["version", "dependencies"]\n[tool.setuptools.dynamic]\nversion = {file = "VERSION"}\ndependencies = {file = ["reqs.txt"]}\n`,
      'app/VERSION': '2.1\n',
      'app/reqs.txt': '# comment\na==1 # why\n\nb\n',
    });
    const metadata = await read();
    expect(metadata.version).toBe('2.1');
    expect(lines(metadata.dependencies)).toEqual(['a==1', 'b']);
    expect(metadata.dependencies[1]?.origin).toEqual({ file: 'app/reqs.txt', line: 4, column: 0 });
  });

  test("leaves setuptools' tables and files alone where another backend builds the project", async () => {
    write({
      'app/pyproject.toml':
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "app"\ndynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = {file = "MISSING"}\n',
      'app/setup.py': 'from setuptools import setup\nsetup(name="other", version="9")\n',
      'app/setup.cfg': '[metadata]\nversion = 8\n',
    });
    expect((await read()).version).toBeUndefined();
  });

  test.each([
    ['[project\n', 'app/pyproject.toml [line 1 column 8]: not valid TOML: '],
    ['[project]\nversion = "1"\n', 'app/pyproject.toml [line 1 column 0]: `project` has no `name`'],
    [
      '[project]\nname = "a"\n',
      'app/pyproject.toml [line 1 column 0]: `project` neither has a `version` nor lists it in `dynamic`',
    ],
    [
      '[project]\nname = "a"\nversion = "x.y"\n',
      'app/pyproject.toml [line 3 column 0]: `x.y` is not a version\nhint: versions must follow PEP 440',
    ],
    [
      '[project]\nname = "a"\nversion = "1"\ndependencies = "b"\n',
      'app/pyproject.toml [line 4 column 0]: `project.dependencies` is not a list of strings',
    ],
    ['[build-system]\nbuild-backend = "x"\n', 'app/pyproject.toml [line 1 column 0]: `build-system` has no `requires`'],
    [
      '[build-system]\nrequires = []\nbackend-path = ["../x"]\n',
      'app/pyproject.toml [line 3 column 16]: the `backend-path` `../x` is not inside the project',
    ],
    [
      '[project]\nname = "a"\nversion = "1"\n[dependency-groups]\nx = [{include-group = "y"}]\ny = [{include-group = "x"}]\n',
      'app/pyproject.toml [line 6 column 0]: the dependency groups `x` -> `y` -> `x` include one another',
    ],
    [
      '[project]\nname = "a"\ndynamic = ["version", "dependencies"]\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      'app/pyproject.toml [line 2 column 0]: `dependencies` is dynamic: `hatchling.build` computes it when the project is built\nhint: write it as a literal, or move it to pyproject.toml or setup.cfg; or list its requirements files in the option `requirements`',
    ],
  ])('%j is refused', async (text, message) => {
    write({ 'app/pyproject.toml': text });
    expect((await failure('app')).slice(0, message.endsWith(': ') ? message.length : undefined)).toBe(message);
  });
});

describe('setup.py', () => {
  test('is read through constants and concatenation, and wins over setup.cfg', async () => {
    write({
      'app/setup.cfg': '[metadata]\nname = other\nversion = 9\n[options]\npython_requires = >=3.9\n',
      'app/setup.py': `import setuptools as st
NAME = 'app'
BASE = ['a>=1', "b"]
VERSION = (1, 0)
KW = dict(install_requires=BASE + ['c'], extras_require={'test': ['pytest'] + BASE, 'x:python_version < "3.12"': ['d'], ':os_name=="nt"': 'e'})
if __name__ == '__main__':
    st.setup(name=f'{NAME}-x', version='1.' + '2', **KW)
`,
    });
    const metadata = await read();
    expect(metadata).toMatchObject({ name: 'app-x', version: '1.2', requiresPython: '>=3.9' });
    expect(lines(metadata.dependencies)).toEqual(['a>=1', 'b', 'c', 'e ; os_name == "nt"']);
    expect(metadata.dependencies[0]?.origin).toEqual({ file: 'app/setup.py', line: 3, column: 8 });
    expect(lines(metadata.optionalDependencies.test)).toEqual(['pytest', 'a>=1', 'b']);
    expect(lines(metadata.optionalDependencies.x)).toEqual(['d ; python_version < "3.12"']);
  });

  test('that is not valid Python is refused with its position', async () => {
    write({ 'app/setup.py': 'from setuptools import setup\nsetup(name=\n' });
    expect(await failure('app')).toMatch(/^app\/setup\.py \[line 2 column 5\]: not valid Python: /);
  });

  test('is never run, and one process reads all of them', async () => {
    const count = join(workspace, 'count');
    const counting = join(workspace, 'counting-python');
    writeFileSync(counting, `#!/bin/sh\necho x >> '${count}'\nexec '${await python()}' "$@"\n`);
    chmodSync(counting, 0o755);
    for (const name of ['a', 'b', 'c']) {
      write({
        [`${name}/setup.py`]: `from setuptools import setup\nopen('${workspace}/ran', 'w')\nsetup(name='${name}')\n`,
      });
    }
    const memo = join(workspace, 'memo', 'metadata.json');
    const options = { workspace, memo, python: () => Promise.resolve(counting) };
    const { existsSync, readFileSync } = await import('node:fs');
    expect((await readProjects(['a', 'b', 'c'], options)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(readFileSync(count, 'utf8')).toBe('x\n');
    expect(existsSync(join(workspace, 'ran'))).toBe(false);

    await readProjects(['a', 'b', 'c'], options);
    expect(readFileSync(count, 'utf8')).toBe('x\n');

    write({ 'b/setup.py': "from setuptools import setup\nsetup(name='renamed')\n" });
    expect((await readProjects(['a', 'b', 'c'], options)).map(({ name }) => name)).toEqual(['a', 'renamed', 'c']);
    expect(readFileSync(count, 'utf8')).toBe('x\nx\n');
  });
});

test.each([
  ['1.0', 'tag_build = .dev0\ntag_date = 0', '1.0.dev0'],
  ['1.0.dev0', 'tag_build = .dev0', '1.0.dev0'],
  ['1.0', 'tag-build = +local', '1.0+local'],
  ['1.0', 'tag_build =\ntag_date = 0', '1.0'],
])('the version %s is tagged as setup.cfg says: %j', async (version, tags, expected) => {
  write({
    'app/pyproject.toml': `${BUILD}[project]\nname = "app"\nversion = "${version}"\n`,
    'app/setup.cfg': `[egg_info]\n${tags}\n`,
  });
  expect((await read()).version).toBe(expected);
});

test('a version with the day of the build in it is refused', async () => {
  write({
    'app/pyproject.toml': `${BUILD}[project]\nname = "app"\nversion = "1"\n`,
    'app/setup.cfg': '[egg_info]\ntag_date = 1\n',
  });
  expect(await failure('app')).toBe(
    'app/setup.cfg [line 2 column 11]: `tag_date` adds the day of the build to the version\n' +
      'hint: remove it: a rebuilt wheel must be identical',
  );
});

test('setup.cfg is read as configparser reads it', async () => {
  write({
    'app/setup.cfg': `# comment
[metadata]
name: app
version = attr: app.__version__
description = two
  lines
[options]
install-requires =
    a>=1
    # not this

    b ; python_version < "4"
`,
  });
  const metadata = await read();
  expect(metadata).toMatchObject({ name: 'app', description: 'two\nlines' });
  expect(metadata.version).toBeUndefined();
  expect(lines(metadata.dependencies)).toEqual(['a>=1', 'b ; python_version < "4"']);
  expect(metadata.dependencies[1]?.origin).toEqual({ file: 'app/setup.cfg', line: 12, column: 4 });
});

test('all errors in all projects are reported at once', async () => {
  write({ 'a/pyproject.toml': '[project]\nname = "a"\nversion = "1"\ndependencies = ["-", "ok", "x[", ]\n' });
  expect(await failure('a', '../b', 'c')).toBe(
    [
      'a/pyproject.toml [line 4 column 16]: `-` is not a valid requirement: expected a distribution name at character 1',
      'hint: requirements must follow PEP 508: `name[extra]>=1.0 ; python_version < "3.12"`',
      'a/pyproject.toml [line 4 column 27]: `x[` is not a valid requirement: expected the name of an extra at character 3',
      'hint: requirements must follow PEP 508: `name[extra]>=1.0 ; python_version < "3.12"`',
      'the project `../b` is not inside the workspace',
      "hint: a project's root is a path relative to the workspace",
      '`c` is not a Python project: it has none of `pyproject.toml`, `setup.cfg`, `setup.py`',
      'hint: add a pyproject.toml with `[project]` and `[build-system]`',
    ].join('\n'),
  );
});

test('two projects of one name are refused, naming both', async () => {
  const text = (name: string): string => `[project]\nname = "${name}"\nversion = "1"\n`;
  write({ 'a/pyproject.toml': text('My_App'), 'b/pyproject.toml': text('my-app') });
  const projects = await readProjects(['a', 'b'], { workspace, python });
  const hint = (root: string): string =>
    `rename one of them, or exclude what is not a project of yours: \`"exclude": ["${root}/**"]\` beside the plugin's \`options\` in nx.json`;
  expect(sameNames(projects).map(({ project, error }) => [project.root, formatError(error)])).toEqual([
    [
      'a',
      `a/pyproject.toml [line 2 column 0]: the distribution \`My_App\` is also the project \`b\`\nhint: ${hint('a')}`,
    ],
    [
      'b',
      `b/pyproject.toml [line 2 column 0]: the distribution \`my-app\` is also the project \`a\`\nhint: ${hint('b')}`,
    ],
  ]);
});

test('an unreadable project does not affect others, and reports the names it may have', async () => {
  write({
    'good/pyproject.toml': '[project]\nname = "good"\nversion = "1"\n',
    'toml/pyproject.toml': '[project]\nname = "Some.Name"\nversion =\n',
    'setup/setup.py': 'from setuptools import setup\nimport versioneer\nsetup(name=open("NAME").read())\n',
    'named/setup.py':
      'from setuptools import setup\nsetup(name="named", version=open("V").read(), install_requires=open("R"))\n',
    'cfg/setup.cfg': '[metadata]\nname = cfg\nname = twice\n',
    'empty/README.md': '',
  });
  writeFileSync(join(workspace, 'toml', 'setup.cfg'), Buffer.from('[metadata]\nauthor = J\xfcrgen\n', 'latin1'));
  const read = await readEachProject(['good', 'toml', 'setup', 'named', 'cfg', 'empty', '..'], { workspace, python });
  expect(read.map((each) => ('metadata' in each ? each.metadata.name : each.names))).toEqual([
    'good',
    ['some-name'],
    ['setup'],
    ['named'],
    ['cfg'],
    [],
    [],
  ]);
});

test('everything that a project requires is what it says in any table', async () => {
  write({
    'app/pyproject.toml': `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "app"
version = "1"
dependencies = ["runs"]
optional-dependencies = { a = ["extra"] }
[dependency-groups]
dev = ["group"]
[tool.uv.extra-build-dependencies]
runs = ["tool"]
`,
    'app/requirements-test.txt': 'tests\n',
  });
  expect(lines(everythingRequired(await read()))).toEqual(['runs', 'extra', 'group', 'tests', 'hatchling', 'tool']);
});

test('which fields a wheel has to say, too: those that were read, and those that `[project]` leaves out', async () => {
  write({
    'static/pyproject.toml':
      '[project]\nname = "static"\nversion = "1"\nreadme = "README.md"\nscripts = { a = "b : c" }\n',
    'static/requirements.txt': 'from-file\n',
    'pbr/pyproject.toml':
      '[build-system]\nrequires = ["pbr"]\nbuild-backend = "pbr.build"\n[project]\nname = "pbr"\ndynamic = ["version", "dependencies"]\n',
    'pbr/requirements.txt': 'six>=1\n',
    'code/setup.py': 'from setuptools import setup\nsetup(name="code", entry_points=f(), long_description="x")\n',
  });
  const [stated, pbr, code] = await readProjects(['static', 'pbr', 'code'], { workspace, python });
  const place = (file: string, line: number): unknown => expect.objectContaining({ file, line });
  expect(stated?.declared).toEqual({
    requiresPython: place('static/pyproject.toml', 2),
    dependencies: { count: 0, origin: place('static/pyproject.toml', 2) },
    extras: place('static/pyproject.toml', 2),
    entryPoints: { groups: { console_scripts: { a: 'b:c' } }, origin: place('static/pyproject.toml', 5) },
    readme: { files: ['README.md'], origin: place('static/pyproject.toml', 4) },
  });
  expect(lines(pbr?.dependencies)).toEqual(['six>=1']);
  expect(pbr?.declared).toEqual({
    requiresPython: place('pbr/pyproject.toml', 5),
    extras: place('pbr/pyproject.toml', 5),
  });
  expect(code?.declared).toEqual({ readme: { files: [], origin: place('code/setup.py', 2) } });
});
