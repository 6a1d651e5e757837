import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  findPython,
  formatRequirement,
  localDependencies,
  projectRequirements,
  readProjects,
  type MarkerEnvironment,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';
import { anInterpreter, temporaryDirectory } from '@wheelhouse/python/testing';

async function projects(files: Readonly<Record<string, string>>): Promise<ProjectMetadata[]> {
  const workspace = temporaryDirectory();
  for (const [name, body] of Object.entries(files)) {
    mkdirSync(join(workspace, name));
    writeFileSync(
      join(workspace, name, 'pyproject.toml'),
      `[build-system]\nrequires = ["flit_core"]\n[project]\nname = "${name}"\n${body}`,
    );
  }
  return await readProjects(Object.keys(files), { workspace, python: () => findPython(process.env) });
}

function lines(list: ProjectMetadata['dependencies']): string[] {
  return list.map(formatRequirement);
}

test('local projects are replaced by what they require, and never asked of an index', async () => {
  const all = await projects({
    app: 'version = "1"\nrequires-python = ">=3.10,<4"\ndependencies = ["django", "Lib[db]>=1 ; python_version < \'3.12\'"]\n[project.optional-dependencies]\ntest = ["pytest", "other"]\n',
    lib: 'version = "1.5"\ndependencies = ["attrs", "base"]\n[project.optional-dependencies]\ndb = ["pymysql"]\ntest = ["hypothesis"]\n',
    base: 'version = "1"\ndependencies = ["six ; os_name == \'nt\'", "lib"]\n',
    other: 'version = "1"\ndependencies = ["idna"]\n',
  });
  const required = projectRequirements(all[0]!, all);
  expect(lines(required.runtime)).toEqual([
    'django',
    'attrs ; python_version < "3.12"',
    'six ; os_name == "nt" and python_version < "3.12"',
    'pymysql ; python_version < "3.12"',
  ]);
  expect(lines(required.test)).toEqual([...lines(required.runtime), 'pytest', 'idna']);
  expect(lines(required.build)).toEqual(['flit-core']);
  expect(required.python).toBe('3.10');
  expect(localDependencies(all[0]!, all).map(({ name }) => name)).toEqual(['base', 'lib']);
});

test('a project of the workspace may be required by its path, and extras of the options count', async () => {
  const all = await projects({
    app: 'version = "1"\ndependencies = ["lib @ file:../lib"]\n[project.optional-dependencies]\nfast = ["uvloop", "other"]\nqa = ["mypy"]\n',
    lib: 'version = "1"\ndependencies = ["six"]\n',
    other: 'version = "1"\ndependencies = ["idna"]\n',
  });
  const required = projectRequirements(all[0]!, all, { extras: ['Fast', 'none'], testExtras: ['qa'] });
  expect(lines(required.runtime)).toEqual(['six', 'uvloop', 'idna']);
  expect(lines(required.test)).toEqual(['six', 'uvloop', 'idna', 'mypy']);
  expect(localDependencies(all[0]!, all).map(({ name }) => name)).toEqual(['lib']);
  expect(localDependencies(all[0]!, all, { extras: ['fast'] }).map(({ name }) => name)).toEqual(['lib', 'other']);
});

test.each([
  [
    'version = "1"\ndependencies = ["lib>=2"]\n',
    'app/pyproject.toml [line 6 column 16]: `lib>=2` does not fit the project `lib`, whose version is `1.5`\nhint: projects of the workspace are never taken from an index: change the requirement or the version',
  ],
  [
    'version = "1"\ndependencies = ["lib[x]"]\n',
    'app/pyproject.toml [line 6 column 16]: `lib[x]` requests the extra `x`, which the project `lib` does not have',
  ],
  [
    'version = "1"\ndependencies = ["a @ hg+https://user:secret@example.test/a"]\n',
    'app/pyproject.toml [line 6 column 16]: unsupported URL: `hg+https://example.test/a`\nhint: use `git+https://HOST/PATH@REVISION#subdirectory=DIRECTORY` (or git+ssh, git+file), the `https://` URL of a wheel or an sdist, or a path',
  ],
  [
    'version = "1"\ndependencies = ["lib @ file:../other"]\n',
    'app/pyproject.toml [line 6 column 16]: `lib @ file:other` points to no project of the workspace, but has the name of the project `lib`\nhint: require a project of the workspace by its own name, or by its own path',
  ],
])('%j cannot be locked', async (body, message) => {
  const all = await projects({ app: body, lib: 'version = "1.5"\n' });
  let text = '';
  try {
    projectRequirements(all[0]!, all);
  } catch (error) {
    text = formatError(error as ElementError);
  }
  expect(text).toBe(message);
});

test('what a marker restricts has to fit the project of the workspace where the marker holds', async () => {
  const all = await projects({
    app: 'version = "1"\ndependencies = ["lib>=2 ; python_version < \'3\'", "lib[x]<2 ; sys_platform == \'win32\'", "lib"]\n',
    lib: 'version = "1.5"\n',
  });
  const { markers } = await anInterpreter();
  const on = (changed: Partial<MarkerEnvironment>): string => {
    try {
      projectRequirements(all[0]!, all, { environment: { ...markers, ...changed } });
      return 'fits';
    } catch (error) {
      return formatError(error as ElementError);
    }
  };
  expect(lines(projectRequirements(all[0]!, all).runtime)).toEqual([]);
  expect(on({ sys_platform: 'linux' })).toBe('fits');
  expect(on({ python_version: '2.7' })).toBe(
    'app/pyproject.toml [line 6 column 16]: `lib>=2 ; python_version < "3"` does not fit the project `lib`, whose version is `1.5`\nhint: projects of the workspace are never taken from an index: change the requirement or the version',
  );
  expect(on({ sys_platform: 'win32' })).toBe(
    'app/pyproject.toml [line 6 column 49]: `lib[x]<2 ; sys_platform == "win32"` requests the extra `x`, which the project `lib` does not have',
  );
});

describe('what tests require', () => {
  const GROUPS = '[dependency-groups]\ndev = ["pytest"]\n';
  const EXTRA = '[project.optional-dependencies]\ndev = ["tox"]\n';

  test.each<[string, string, Parameters<typeof projectRequirements>[2], string[]]>([
    ['is what development requires where nothing is said of tests', `${EXTRA}${GROUPS}`, {}, ['tox', 'pytest']],
    ['is what a group of tests says', `${EXTRA}${GROUPS}testing = ["nose2"]\n`, {}, ['nose2']],
    ['is what an extra of tests says, if it is nothing', `${EXTRA}test = []\n${GROUPS}`, {}, []],
    ['is what the options name alone', `${EXTRA}${GROUPS}`, { testGroups: ['qa'] }, []],
    ['is the group that the options name', `${EXTRA}${GROUPS}`, { testGroups: ['dev'] }, ['pytest']],
    [
      'is what the environments of Hatch hold, that of development last',
      '[tool.hatch.envs.default]\ndependencies = ["pytest"]\n',
      {},
      ['pytest'],
    ],
    [
      'is what the environment of Hatch for tests holds',
      '[tool.hatch.envs.default]\ndependencies = ["mypy"]\n[tool.hatch.envs.hatch-test]\nextra-dependencies = ["pytest"]\n',
      {},
      ['pytest'],
    ],
    ['is what PDM has for development', '[tool.pdm.dev-dependencies]\ndev = ["pytest"]\n', {}, ['pytest']],
    ['is what uv had for development', '[tool.uv]\ndev-dependencies = ["pytest"]\n', {}, ['pytest']],
  ])('%s', async (_what, body, options, expected) => {
    const all = await projects({ app: `version = "1"\n${body}` });
    expect(lines(projectRequirements(all[0]!, all, options).test)).toEqual(expected);
  });
});
