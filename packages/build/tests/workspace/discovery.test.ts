import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { findProjects } from '@wheelhouse/build/internal';
import { listFilesOnce } from '../../src/workspace/metadata-files.js';
import { gitInit, pyproject, temporaryDirectories, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

async function rootsOf(workspace: string): Promise<string[]> {
  return (await findProjects(workspace)).map(({ root }) => root);
}

const PROJECTS: Files = {
  'nx.json': '{}',
  'apps/a/pyproject.toml': pyproject('a'),
  'libs/b/setup.py': '',
  'libs/b/pyproject.toml': '[tool.black]\n',
  'pyproject.toml': '[tool.ruff]\n',
};

describe('findProjects', () => {
  it('finds the projects of a workspace that is under no version control', async () => {
    const workspace = directory({ ...PROJECTS, 'node_modules/x/setup.py': '', 'apps/a/.venv/setup.py': '' });
    expect(await rootsOf(workspace)).toEqual(['apps/a', 'libs/b']);
  });

  it('finds what git tracks or would take up, save what is deleted', async () => {
    const workspace = directory({
      ...PROJECTS,
      '.gitignore': 'ignored/\n',
      'ignored/setup.py': '',
      'gone/setup.py': '',
    });
    gitInit(workspace);
    execFileSync('git', ['add', 'gone', 'apps'], { cwd: workspace });
    rmSync(join(workspace, 'gone'), { recursive: true });
    expect(await rootsOf(workspace)).toEqual(['apps/a', 'libs/b']);
  });

  it('leaves out what .nxignore hides, tracked or not', async () => {
    const workspace = directory({ ...PROJECTS, '.nxignore': 'libs/*\n!libs/c\n', 'libs/c/setup.py': '' });
    gitInit(workspace);
    execFileSync('git', ['add', 'libs/b'], { cwd: workspace });
    expect(await rootsOf(workspace)).toEqual(['apps/a', 'libs/c']);
  });

  it('names the file that declares a project first', async () => {
    const [, b] = await findProjects(directory(PROJECTS));
    expect(b?.files).toEqual(['libs/b/setup.py', 'libs/b/pyproject.toml']);
  });

  it('follows include and exclude of nx.json as Nx does, the last entry for a project first', async () => {
    const entries = [
      { plugin: '@wheelhouse/build', options: { python: '3.11' } },
      { plugin: '@wheelhouse/build', include: ['libs/**', '!libs/c/**'], options: { python: '3.12' } },
      { plugin: '@wheelhouse/build', exclude: ['**'], options: { python: '3.13' } },
      'something-else',
    ];
    const workspace = directory({
      ...PROJECTS,
      'libs/c/setup.py': '',
      'nx.json': JSON.stringify({ plugins: entries }),
    });
    const found = await findProjects(workspace);
    expect(found.map(({ root, options }) => `${root} ${options.python ?? ''}`)).toEqual([
      'apps/a 3.11',
      'libs/b 3.12',
      'libs/c 3.11',
    ]);
  });

  it('finds nothing where the only entry is for other projects', async () => {
    const nxJson = JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', include: ['elsewhere/**'] }] });
    expect(await rootsOf(directory({ ...PROJECTS, 'nx.json': nxJson }))).toEqual([]);
  });

  it('reads an nx.json with comments and trailing commas', async () => {
    const nxJson =
      '{\n  // of this workspace\n  "plugins": [{"plugin": "@wheelhouse/build", "options": {"python": "3.9"},},],\n}\n';
    const [a] = await findProjects(directory({ ...PROJECTS, 'nx.json': nxJson }));
    expect(a?.options.python).toBe('3.9');
  });

  it('reports where an nx.json is not valid JSON', async () => {
    const workspace = directory({ ...PROJECTS, 'nx.json': '{\n  "plugins": [}\n}\n' });
    await expect(findProjects(workspace)).rejects.toThrow(
      new ElementError({
        code: 'WORKSPACE',
        message: 'not valid JSON: ValueExpected at `}`',
        origin: { file: 'nx.json', line: 2, column: 14 },
      }),
    );
  });

  it('takes the names of project.json and package.json', async () => {
    const found = await findProjects(
      directory({
        ...PROJECTS,
        'apps/a/project.json': '{"name": "one"}',
        'libs/b/package.json': '{"name": "@org/two", "nx": {"name": "two"}}',
      }),
    );
    expect(found.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it.each<[string, Files]>([
    ['a build system alone', { 'pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n' }],
    ['tables of tools', { 'pyproject.toml': '[tool.ruff]\nline-length = 1\n[tool.project]\nname = "x"\n' }],
    ['the root of a workspace of uv', { 'pyproject.toml': '[tool.uv.workspace]\nmembers = ["x/*"]\n' }],
    [
      'a project that uv does not build',
      {
        'pyproject.toml':
          '[project]\nname = "a"\nversion = "1"\n\n[tool.uv]\ndev-dependencies = []\npackage = false # not\n',
      },
    ],
    ['a project that Poetry does not build', { 'pyproject.toml': '[tool.poetry]\nname = "a"\npackage-mode = false\n' }],
    ['what npm installed', { 'node_modules/x/gyp/pyproject.toml': pyproject('gyp'), 'a/node_modules/b/setup.py': '' }],
  ])('takes %s for no project', async (_what, files) => {
    expect(await rootsOf(directory({ 'nx.json': '{}', ...files }))).toEqual([]);
    const tracked = directory({ 'nx.json': '{}', ...files });
    gitInit(tracked);
    expect(await rootsOf(tracked)).toEqual([]);
  });

  it.each([
    ['[project]\nname = "a"\n[tool.uv]\npackage = true\n'],
    ['[project]\nname = "a"\n[tool.uv.sources]\nb = { workspace = true }\n[tool.x]\npackage = false\n'],
    ['[tool.poetry]\nname = "a"\n'],
    ['project.name = "a"\nproject.version = "1"\n'],
    ['[tool.flit.metadata]\nmodule = "a"\n'],
  ])('takes %j for a project', async (text) => {
    expect(await rootsOf(directory({ 'nx.json': '{}', 'a/pyproject.toml': text }))).toEqual(['a']);
  });
});

describe('listFilesOnce', () => {
  it('asks for all names at once, and answers by them', async () => {
    const workspace = directory({ ...PROJECTS, 'apps/a/project.json': '{}' });
    gitInit(workspace);
    const list = listFilesOnce(workspace, ['pyproject.toml', 'setup.py', 'project.json']);
    expect(await list(['pyproject.toml', 'setup.py'])).toEqual([
      'apps/a/pyproject.toml',
      'libs/b/pyproject.toml',
      'libs/b/setup.py',
      'pyproject.toml',
    ]);
    rmSync(join(workspace, '.git'), { recursive: true });
    rmSync(join(workspace, 'apps'), { recursive: true });
    expect(await list(['project.json'])).toEqual(['apps/a/project.json']);
  });

  it('finds the same projects as without it', async () => {
    const workspace = directory({ ...PROJECTS, '.nxignore': 'libs\n' });
    gitInit(workspace);
    const list = listFilesOnce(workspace, ['pyproject.toml', 'setup.cfg', 'setup.py', 'project.json']);
    expect(await findProjects(workspace, list)).toEqual(await findProjects(workspace));
  });
});
