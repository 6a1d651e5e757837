import type { CreateDependenciesContext, RawProjectGraphDependency } from '@nx/devkit';
import { createDependencies } from '@wheelhouse/build';
import { pyproject, temporaryDirectories, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

async function edges(files: Files, roots: Readonly<Record<string, string>>): Promise<RawProjectGraphDependency[]> {
  const context: CreateDependenciesContext = {
    externalNodes: {},
    projects: Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, { name, root }])),
    nxJsonConfiguration: {},
    fileMap: {
      projectFileMap: {
        all: Object.keys(files).map((file) => ({ file, hash: '' })),
      },
      nonProjectFiles: [],
    },
    filesToProcess: { projectFileMap: {}, nonProjectFiles: [] },
    workspaceRoot: directory({ 'nx.json': '{}', ...files }),
  };
  return await createDependencies(undefined, context);
}

describe('createDependencies', () => {
  it('makes an edge from a project to each project it requires, by the file that requires it', async () => {
    expect(
      await edges(
        {
          'apps/app/pyproject.toml': pyproject('app', ['Lib-One>=1', 'requests']),
          'libs/one/setup.cfg': '[metadata]\nname = lib_one\nversion = 1\n[options]\ninstall_requires =\n    lib-two\n',
          'libs/two/pyproject.toml': pyproject('lib-two'),
        },
        { app: 'apps/app', one: 'libs/one', two: 'libs/two' },
      ),
    ).toEqual([
      { type: 'static', source: 'app', target: 'one', sourceFile: 'apps/app/pyproject.toml' },
      { type: 'static', source: 'one', target: 'two', sourceFile: 'libs/one/setup.cfg' },
    ]);
  });

  it('makes an edge to what comes in by an extra that only this project asks for', async () => {
    const extra = `${pyproject('one')}[project.optional-dependencies]\nfull = ["two"]\n`;
    expect(
      await edges(
        {
          'app/pyproject.toml': pyproject('app', ['one[full]']),
          'one/pyproject.toml': extra,
          'two/pyproject.toml': pyproject('two'),
        },
        { app: 'app', one: 'one', two: 'two' },
      ),
    ).toEqual(
      expect.arrayContaining([
        { type: 'static', source: 'app', target: 'one', sourceFile: 'app/pyproject.toml' },
        { type: 'static', source: 'app', target: 'two', sourceFile: 'app/pyproject.toml' },
      ]),
    );
  });

  it('makes edges to what tests and builds require, and to what is required elsewhere alone', async () => {
    const found = await edges(
      {
        'app/pyproject.toml': `${pyproject('app', ["elsewhere ; sys_platform == 'plan9'", 'app[more]'])}[project.optional-dependencies]\nmore = ["more"]\ntest = ["kit"]\nunasked = ["other"]\n`,
        'app/requirements-test.txt': '-e ../by-file\n',
        'elsewhere/pyproject.toml': pyproject('elsewhere').replace('"setuptools"', '"setuptools", "plugin"'),
        'more/pyproject.toml': pyproject('more'),
        'kit/pyproject.toml': pyproject('kit', ['app']),
        'plugin/pyproject.toml': pyproject('plugin'),
        'other/pyproject.toml': `${pyproject('other')}[dependency-groups]\ntest = ["kit @ file:../kit"]\n`,
        'by-file/pyproject.toml': pyproject('by-file'),
        'last/pyproject.toml': pyproject('last'),
        'last/requirements-test.txt': '-e ../by-file\n',
      },
      Object.fromEntries(
        ['app', 'elsewhere', 'more', 'kit', 'plugin', 'other', 'by-file', 'last'].map((name) => [name, name]),
      ),
    );
    expect(
      found.map(({ source, target, ...more }) => [source, target, 'sourceFile' in more ? more.sourceFile : '']),
    ).toEqual([
      ['app', 'elsewhere', 'app/pyproject.toml'],
      ['app', 'more', 'app/pyproject.toml'],
      ['app', 'kit', 'app/pyproject.toml'],
      ['elsewhere', 'plugin', 'elsewhere/pyproject.toml'],
      ['kit', 'app', 'kit/pyproject.toml'],
      ['last', 'by-file', 'last/pyproject.toml'],
      ['other', 'kit', 'other/pyproject.toml'],
    ]);
  });

  it('knows a project by the name that Nx has for it', async () => {
    const found = await edges(
      { 'a/pyproject.toml': pyproject('a', ['b']), 'b/pyproject.toml': pyproject('b') },
      { 'renamed-a': 'a', 'renamed-b': 'b' },
    );
    expect(found.map(({ source, target }) => `${source} -> ${target}`)).toEqual(['renamed-a -> renamed-b']);
  });
});
