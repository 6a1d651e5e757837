import { join } from 'node:path';
import type { CreateDependenciesContext, ProjectConfiguration } from '@nx/devkit';
import { createDependencies, createNodes } from '@wheelhouse/build';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import syncLocks from '../../src/generators/sync-locks/generator.js';
import { openWorkspace } from '../../src/workspace/open-workspace.js';
import { wheelhouse } from '../support/command.js';
import { gitInit, pyproject, temporaryDirectories, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

const leaveOut = (root: string): string =>
  `if \`${root}\` is not a project of yours, exclude it: \`"exclude": ["${root}/**"]\` beside the plugin's \`options\` in nx.json`;

/** A workspace in which each of several projects has something else wrong with it. */
const FILES: Files = {
  'nx.json': JSON.stringify({
    plugins: [
      { plugin: '@wheelhouse/build' },
      { plugin: '@wheelhouse/build', include: ['options/**'], options: { frontend: 'build' } },
    ],
  }),
  'good/pyproject.toml': pyproject('good'),
  'needs/pyproject.toml': pyproject('needs', ['setup-py>=1']),
  'above/pyproject.toml': pyproject('above', ['needs']),
  'setup/setup.py': 'from setuptools import setup\nimport v\nsetup(name="setup_py", install_requires=v.get())\n',
  'setup/project.json': '{',
  'toml/pyproject.toml': '[project]\nname = "toml"\nversion =\n',
  'cfg/setup.cfg': '[metadata]\nname = cfg\nname = twice\n',
  'missing/pyproject.toml': pyproject('missing').replace('version = "1.0.0"', 'version = "x.y"'),
  'file/setup.py': 'from setuptools import setup\nsetup(name="file")\n',
  'file/requirements.txt': '-r ../nowhere.txt\n',
  'same/one/pyproject.toml': pyproject('same'),
  'same/two/pyproject.toml': pyproject('Same'),
  'options/pyproject.toml': pyproject('options'),
};

const GOOD = ['above', 'good', 'needs'];
const PROBLEMS = ['cfg', 'file', 'missing', 'options', 'same/one', 'same/two', 'setup', 'toml'];

async function open(workspace: string): ReturnType<typeof openWorkspace> {
  const memo = (name: string): string => join(workspace, '.nx', name);
  return await openWorkspace({ directory: workspace, environment: process.env, memo });
}

function said(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return formatError(error as ElementError);
  }
  throw new Error('nothing was wrong');
}

describe('a project that something is wrong with', () => {
  const workspaceRoot = directory(FILES);
  gitInit(workspaceRoot);

  it('is a problem of the workspace, and the others are projects', async () => {
    const workspace = await open(workspaceRoot);
    expect(workspace.projects.map(({ ref }) => ref.root)).toEqual(GOOD);
    expect(workspace.problems.map(({ ref }) => ref.root)).toEqual(PROBLEMS);
    expect(workspace.requirements(workspace.project('good')).runtime).toEqual([]);
  });

  it('is an error for everything that uses or requires it', async () => {
    const workspace = await open(workspaceRoot);
    expect(said(() => workspace.project('setup-py'))).toContain('setup/setup.py [line 3 column ');
    expect(said(() => workspace.project('toml'))).toBe(
      `toml/pyproject.toml [line 3 column 9]: not valid TOML: invalid value\nhint: ${leaveOut('toml')}`,
    );
    for (const name of ['needs', 'above']) {
      const text = said(() => workspace.requirements(workspace.project(name)));
      expect(text).toMatch(
        /^needs\/pyproject\.toml \[line \d+ column \d+\]: `needs` requires `setup-py>=1`, but the project `setup` is not usable: setup\/setup\.py /,
      );
      expect(text).toContain('exclude the project (option `exclude`)');
    }
  });

  it('has targets in Nx, and edges from projects that require it', async () => {
    const files = Object.keys(FILES).filter((path) => /(setup\.py|setup\.cfg|pyproject\.toml)$/.test(path));
    const context = { nxJsonConfiguration: {}, workspaceRoot };
    const results = await createNodes[1](files, undefined, context);
    const projects = Object.assign({}, ...results.map(([, result]) => result.projects)) as Record<
      string,
      ProjectConfiguration
    >;
    const executors = Object.entries(projects).map(([root, { targets = {} }]) => [root, targets.lock?.executor]);
    const problem = '@wheelhouse/build:report-problem';
    // Without the entry of the project with bad options: Nx asks for its own apart.
    expect(Object.fromEntries(executors.filter(([root]) => root !== 'options'))).toEqual({
      ...Object.fromEntries(GOOD.map((root) => [root, '@wheelhouse/build:lock'])),
      ...Object.fromEntries(PROBLEMS.filter((root) => root !== 'options').map((root) => [root, problem])),
    });
    const byName = Object.fromEntries(Object.values(projects).map((project) => [project.name ?? '', project]));
    const edges = await createDependencies(undefined, {
      workspaceRoot,
      projects: byName,
      fileMap: { projectFileMap: { all: files.map((file) => ({ file, hash: '' })) }, nonProjectFiles: [] },
    } as unknown as CreateDependenciesContext);
    expect(edges.map(({ source, target }) => `${source} -> ${target}`).sort()).toEqual([
      'above -> needs',
      'needs -> setup-py',
    ]);
  });

  it('does not keep locks from being synced', async () => {
    const stale = await syncLocks(
      {
        root: directory({
          ...FILES,
          'nx.json': '{"plugins": [{"plugin": "@wheelhouse/build", "options": {"lock": false}}]}',
        }),
      } as never,
      {},
    );
    expect(stale).toBeUndefined();
  });

  it('is listed by `wheelhouse show`, which ends with 1', () => {
    const environment = { WHEELHOUSE_CACHE_DIR: directory() };
    const shown = wheelhouse(['show'], { cwd: workspaceRoot, environment });
    expect(shown.stdout).toContain(
      [
        'project  good in good, no tests found',
        'failed   missing in missing',
        '         missing/pyproject.toml [line 7 column 0]: `x.y` is not a version',
      ].join('\n'),
    );
    expect(shown.stdout.match(/^failed +\S+ in \S+$/gm)).toHaveLength(PROBLEMS.length);
    expect(shown.exitCode).toBe(1);
    const json = wheelhouse(['show', '--format', 'json'], { cwd: workspaceRoot, environment });
    const listed = JSON.parse(json.stdout) as { readonly root: string; readonly errors?: readonly unknown[] }[];
    expect(listed.filter(({ errors }) => errors !== undefined).map(({ root }) => root)).toEqual(PROBLEMS);
    const good = wheelhouse(['show'], {
      cwd: directory({
        'nx.json': '{}',
        'a/pyproject.toml': pyproject('a'),
        'b/pyproject.toml': pyproject('b'),
        'b/b/__init__.py': '',
        'b/b/tests/test_b.py': 'def test_b(): pass\n',
      }),
      environment,
    });
    expect(good).toEqual({
      exitCode: 0,
      stdout:
        'project  a in a, no tests found\nproject  b in b\n' +
        'hint: tests are searched for in `tests`, `test` and the root of a project, in its packages, and in `testpaths` of pytest; list other files in the option `testInclude`\n',
      stderr: '',
    });
  });
});
