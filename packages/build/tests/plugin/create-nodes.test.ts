import type { CreateNodesContext, CreateNodesResult, TargetConfiguration } from '@nx/devkit';
import { createNodes, createNodesV2 } from '@wheelhouse/build';
import { withLongInputs } from '../support/long-inputs.js';
import { gitInit, lockText, pyproject, temporaryDirectories, writeFiles, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

async function infer(files: Files, options?: unknown, names?: readonly string[]): Promise<CreateNodesResult[]> {
  return await inferIn(directory(files), files, options, names);
}

async function inferIn(
  workspaceRoot: string,
  files: Files,
  options?: unknown,
  names: readonly string[] = metadataFilesOf(files),
): Promise<CreateNodesResult[]> {
  const context: CreateNodesContext = { nxJsonConfiguration: {}, workspaceRoot };
  return (await createNodes[1](names, options, context)).map(([, result]) => result);
}

function metadataFilesOf(files: Files): string[] {
  return Object.keys(files).filter((path) =>
    /(^|\/)(setup\.py|setup\.cfg|pyproject\.toml|project\.json|package\.json)$/.test(path),
  );
}

function targetsOf(results: readonly CreateNodesResult[], root: string): Record<string, TargetConfiguration> {
  const project = results.map(({ projects }) => projects?.[root]).find((each) => each !== undefined);
  return project === undefined ? {} : (withLongInputs({ root, ...project }).targets ?? {});
}

describe('createNodes', () => {
  it('is exported under both names that Nx looks for', () => {
    expect(createNodesV2).toBe(createNodes);
    expect(createNodes[0]).toBe('**/{setup.py,setup.cfg,pyproject.toml,project.json,package.json}');
  });

  it.each<[string, Files, Record<string, string[]>]>([
    [
      'a pyproject.toml',
      { 'a/pyproject.toml': pyproject('a') },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish'] },
    ],
    [
      'a setup.py',
      { 'a/setup.py': 'from setuptools import setup\nsetup(name="a", version="1")\n' },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish'] },
    ],
    [
      'a setup.cfg with metadata',
      { 'a/setup.cfg': '[metadata]\nname = a\nversion = 1\n' },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish'] },
    ],
    [
      'a pyproject.toml that only holds settings of tools',
      { 'pyproject.toml': '[tool.black]\nline-length = 100\n' },
      {},
    ],
    ['a setup.cfg that only holds settings of tools', { 'setup.cfg': '[flake8]\nmax-line-length = 100\n' }, {}],
    [
      'tests',
      { 'a/pyproject.toml': pyproject('a'), 'a/tests/deep/test_a.py': '' },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish', 'test'] },
    ],
    [
      'a directory of tests without any',
      { 'a/pyproject.toml': pyproject('a'), 'a/tests/README.md': '' },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish'] },
    ],
    [
      'tests in a package, as a framework makes them',
      {
        'a/pyproject.toml': pyproject('a'),
        'a/polls/__init__.py': '',
        'a/polls/tests.py': 'from django.test import TestCase\nclass A(TestCase):\n  def test_a(self): pass\n',
      },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish', 'test'] },
    ],
    [
      'files that are only named like tests',
      {
        'a/pyproject.toml': pyproject('a'),
        'a/polls/__init__.py': '',
        'a/polls/tests.py': 'from django.test import TestCase\n\n# Create your tests here.\n',
        'a/polls/test_client.py': 'class Client: pass\n',
        'a/test_data.py': 'DATA = 1\n',
      },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish'] },
    ],
    [
      'the paths of pytest',
      {
        'a/pyproject.toml': pyproject('a'),
        'a/tox.ini': '[pytest]\ntestpaths =\n  unit\n',
        'a/unit/test_a.py': '',
      },
      { a: ['lock', 'snapshot', 'build-wheel', 'venv', 'publish', 'test'] },
    ],
    [
      'a project of the workspace itself',
      { 'pyproject.toml': pyproject('a'), 'test/test_a.py': '' },
      { '.': ['lock', 'snapshot', 'build-wheel', 'venv', 'publish', 'test'] },
    ],
  ])('infers from %s', async (_what, files, expected) => {
    const results = await infer(files);
    const targets = results.flatMap(({ projects }) =>
      Object.entries(projects ?? {}).map(([root, project]) => [root, Object.keys(project.targets ?? {})]),
    );
    expect(Object.fromEntries(targets)).toEqual(expected);
  });

  it.each<[string, Files, string]>([
    ['project.json', { 'a/project.json': '{"name": "by-nx"}', 'a/package.json': '{"name": "by-npm"}' }, 'by-nx'],
    ['package.json', { 'a/project.json': '{}', 'a/package.json': '{"name": "by-npm"}' }, 'by-npm'],
    ['the distribution', {}, 'By_Python'],
  ])('takes the name from %s', async (_what, files, name) => {
    const [result] = await infer({ 'a/pyproject.toml': pyproject('By_Python'), ...files });
    expect(result?.projects?.a?.name).toBe(name);
  });

  it.each<[string, Files, string]>([
    ['a project.json', { 'web/project.json': '{"name": "by"}' }, 'a'],
    ['the directory of a project.json', { 'web/by/project.json': '{}' }, 'a'],
    ['a package of npm', { 'package.json': '{"workspaces": ["web/*"]}', 'web/x/package.json': '{"name": "by"}' }, 'a'],
    [
      'a package of pnpm',
      { 'pnpm-workspace.yaml': "packages:\n  - 'web/**'\n", 'web/x/package.json': '{"name": "by"}' },
      'a',
    ],
    ['a package that is no project', { 'a/web/package.json': '{"name": "by"}' }, 'by'],
  ])('leaves a name to %s that has it, since Nx stops where two have one', async (_what, files, name) => {
    const [result] = await infer({ 'a/pyproject.toml': pyproject('by'), ...files });
    expect(result?.projects?.a?.name).toBe(name);
  });

  it('has the files in metadata among the inputs of a wheel, even if they are excluded', async () => {
    const named = `${pyproject('a')}readme = "docs/README.md"\nlicense-files = ["test/LICENCE*"]\n`;
    const inputs = async (text: string): Promise<readonly unknown[]> =>
      targetsOf(await infer({ 'a/pyproject.toml': text }), 'a')['build-wheel']?.inputs ?? [];
    const [without, more] = [await inputs(pyproject('a')), await inputs(named)];
    expect(without.filter((each) => !more.includes(each) && typeof each === 'string')).toEqual([
      '!{workspaceRoot}/a/test/**',
      '!{workspaceRoot}/a/docs/**',
    ]);
  });

  it('has the tests of packages, of the root and of the paths of pytest among the inputs of a test', async () => {
    const inputs = targetsOf(
      await infer({
        'a/pyproject.toml': `${pyproject('a')}[tool.pytest.ini_options]\ntestpaths = ["a", "checks"]\n`,
        'a/a/__init__.py': '',
        'a/a/checks/a_test.py': 'def test_a(): pass\n',
        'a/checks/test_b.py': '',
        'a/test_c.py': 'def test_c(): pass\n',
      }),
      'a',
    ).test?.inputs;
    const names = ['test_*.py', '*_test.py', 'tests.py'];
    expect(inputs).toEqual(
      expect.arrayContaining(
        [
          ...names,
          ...['checks', 'checks/**'],
          ...[...names, 'conftest.py', 'tests/**', 'test/**'].map((name) => `a/**/${name}`),
        ].map((path) => `{workspaceRoot}/a/${path}`),
      ),
    );
  });

  it('has the files of a project inside another one among the inputs of the outer one only where they count', async () => {
    const inputs = async (outer: string, inner: string): Promise<readonly unknown[]> =>
      targetsOf(await infer({ 'pyproject.toml': outer, 'libs/b/pyproject.toml': inner }), '.')['build-wheel']?.inputs ??
      [];
    const without = '!{workspaceRoot}/libs/b/**';
    expect(await inputs(pyproject('a'), pyproject('b'))).toContain(without);
    expect(await inputs(pyproject('a', ['b']), pyproject('b'))).toContain(without);
    // No task makes the wheel of the inner one before.
    expect(await inputs(pyproject('a', ['b']), pyproject('b', ['a']))).not.toContain(without);
  });

  it('has tasks run before a wheel that is made of their outputs, and files of the workspace as inputs', async () => {
    const files = { 'a/pyproject.toml': pyproject('a'), 'a/tests/test_a.py': '' };
    const options = {
      shared: ['LICENSE', 'protocols/**'],
      generated: [
        { files: ['web/static/**'], by: 'bundle' },
        { files: ['web/help'], by: 'manual:build' },
      ],
    };
    const targets = targetsOf(await infer(files, options), 'a');
    const shared = ['{workspaceRoot}/LICENSE', '{workspaceRoot}/LICENSE/**', '{workspaceRoot}/protocols/**'];
    const outputs = ['a/web/static/**', 'a/web/help', 'a/web/help/**'].map((dependentTasksOutputFiles) => ({
      dependentTasksOutputFiles,
      transitive: false,
    }));
    expect(targets['build-wheel']?.dependsOn).toEqual(['snapshot', 'bundle', 'manual:build']);
    expect(targets['build-wheel']?.inputs).toEqual(expect.arrayContaining([...shared, ...outputs]));
    expect(targets.venv?.dependsOn).toEqual(['bundle', 'manual:build']);
    expect(targets.test?.dependsOn).toEqual(['build-wheel']);
    expect(targets.test?.inputs).toEqual(expect.arrayContaining(shared));
    const alone = targetsOf(await infer(files, { ...options, buildWheel: false }), 'a');
    expect(alone.test?.dependsOn).toEqual(['bundle', 'manual:build']);
    expect(alone.test?.inputs).toEqual(expect.arrayContaining([...shared, ...outputs]));
  });

  it('gives cached targets the files and variables that locks answer beside metadata', async () => {
    const files = {
      'libs/a/pyproject.toml': pyproject('a', ['b', 'tool @ file:../../vendor/tool', 'c @ file:../c-1.0.tar.gz']),
      'libs/a/requirements-test.txt': '-r ../../shared/test.txt\n',
      'shared/test.txt': 'pytest==${PYTEST}\n',
      'constraints.txt': 'six<2\n',
      'libs/b/setup.py': 'from setuptools import setup\nsetup(name="b")\n',
      'libs/b/requirements.txt': 'six\n',
    };
    process.env.PYTEST = '8';
    const targets = targetsOf(
      await infer(files, { constraints: ['{workspaceRoot}/constraints.txt'], exclude: ['*.txt', 'notes/**'] }),
      'libs/a',
    );
    delete process.env.PYTEST;
    const asked = [
      '{workspaceRoot}/constraints.txt',
      '{workspaceRoot}/libs/a/requirements-test.txt',
      '{workspaceRoot}/libs/b/requirements.txt',
      '{workspaceRoot}/libs/c-1.0.tar.gz',
      '{workspaceRoot}/shared/test.txt',
      '{workspaceRoot}/vendor/tool/**/*',
      { env: 'PYTEST' },
    ];
    expect(targets.snapshot?.inputs).toEqual(expect.arrayContaining(asked));
    expect(targets['build-wheel']?.inputs).toEqual(
      expect.arrayContaining([...asked, '!{workspaceRoot}/libs/a/notes/**']),
    );
    expect(targets['build-wheel']?.inputs).not.toContain('!{workspaceRoot}/libs/a/*.txt');
  });

  it('gives cached targets the files above a project with settings of uv that count for it, and no others', async () => {
    const above = async (more: Readonly<Record<string, string>>): Promise<unknown> => {
      const files = { 'libs/a/pyproject.toml': pyproject('a'), 'pyproject.toml': '[tool.ruff]\n', ...more };
      const inputs = targetsOf(await infer(files), 'libs/a').snapshot?.inputs ?? [];
      return inputs.filter(
        (each) => typeof each === 'string' && /^\{workspaceRoot\}\/(?:libs\/)?[^/]+\.toml$/.test(each),
      );
    };
    expect(await above({})).toEqual([]);
    expect(await above({ 'libs/uv.toml': 'resolution = "lowest"\n' })).toEqual(['{workspaceRoot}/libs/uv.toml']);
    // Those of projects that come with it are those of what it depends on.
    const source = `${pyproject('b')}[tool.uv]\nexclude-newer = "2025-01-01"\n`;
    const files = { 'a/pyproject.toml': pyproject('a', ['b']), 'b/pyproject.toml': source };
    for (const target of ['snapshot', 'build-wheel']) {
      const inputs = targetsOf(await infer(files), 'a')[target]?.inputs;
      expect(inputs).toContain('^{projectRoot}/pyproject.toml');
      expect(inputs).not.toContain('{workspaceRoot}/b/pyproject.toml');
    }
    const root = '[tool.uv]\nconstraint-dependencies = ["six<2"]\n[tool.uv.workspace]\nmembers = ["libs/*"]\n';
    expect(await above({ 'pyproject.toml': root })).toEqual(['{workspaceRoot}/pyproject.toml']);
  });

  it('infers an image where a base is named for it, which is kept only where the base is fixed and no engine is given it', async () => {
    const files = { 'a/pyproject.toml': pyproject('a') };
    const image = async (releaseImage: object): Promise<unknown> =>
      targetsOf(await infer(files, { releaseImage }), 'a')['release-image'];
    const fixed = `python@sha256:${'0'.repeat(64)}`;
    expect(await image({})).toBeUndefined();
    expect(await image({ base: fixed, user: 1000 })).toMatchObject({
      executor: '@wheelhouse/build:release-image',
      cache: true,
      dependsOn: ['build-wheel'],
      inputs: expect.arrayContaining([{ dependentTasksOutputFiles: '**/*', transitive: false }]) as unknown,
      outputs: ['{workspaceRoot}/dist/{projectRoot}/image'],
      options: { base: fixed, user: 1000 },
    });
    expect(await image({ base: 'python:3.12' })).toMatchObject({ cache: false });
    expect(await image({ base: fixed, engine: 'docker' })).toMatchObject({ cache: false });
  });

  it('infers targets with options in project.json, as if nx.json had them', async () => {
    const base = `python@sha256:${'0'.repeat(64)}`;
    const infers = async (targets: object, more: Files = {}): Promise<Record<string, TargetConfiguration>> =>
      targetsOf(
        await infer({ 'a/pyproject.toml': pyproject('a'), 'a/project.json': JSON.stringify({ targets }), ...more }),
        'a',
      );
    expect(await infers({ 'release-image': { options: { base } } })).toMatchObject({
      'release-image': { executor: '@wheelhouse/build:release-image', cache: true },
    });
    expect(
      await infers({ 'release-image': { options: { base }, configurations: { dev: { engine: 'docker' } } } }),
    ).toMatchObject({ 'release-image': { cache: false } });
    const tests = { 'a/tests/test_a.py': '' };
    expect(await infers({ test: { options: { args: '-x' } } })).toMatchObject({ test: { cache: true } });
    expect(await infers({ test: { options: { services: ['db'] } } }, tests)).toMatchObject({ test: { cache: false } });
    expect(await infers({ test: { configurations: { ci: { services: ['db'] } } } }, tests)).toMatchObject({
      test: { cache: false },
    });
    expect(await infers({ test: { executor: 'nx:run-commands' } })).not.toHaveProperty('test');
  });

  it('describes cached targets with all that can change what they make', async () => {
    const files = {
      'libs/a/pyproject.toml': pyproject('a'),
      'libs/a/tests/test_a.py': '',
      'libs/a/locks/runtime.txt': lockText('six', '1.17.0', ['b'.repeat(64), 'a'.repeat(64)]),
    };
    const targets = targetsOf(await infer(files, { exclude: ['notes/**'], include: ['docs/**'] }), 'libs/a');
    const toolchain = { runtime: expect.stringMatching(/ \|\| node \S+bin\/wheelhouse\.js toolchain$/) as string };
    const common = [
      '{workspaceRoot}/libs/a/locks/**/*',
      '{workspaceRoot}/libs/a/.python-version',
      '{workspaceRoot}/libs/.python-version',
      '{workspaceRoot}/.python-version',
      toolchain,
      { externalDependencies: ['pypi:six@1.17.0'] },
    ];
    const wheels = { dependentTasksOutputFiles: '**/*.whl', transitive: true };
    expect(targets.snapshot).toMatchObject({
      executor: '@wheelhouse/build:snapshot',
      cache: true,
      inputs: [
        ...['pyproject.toml', 'setup.cfg', 'setup.py', '**/Cargo.lock'].map((file) => `{workspaceRoot}/libs/a/${file}`),
        ...['pyproject.toml', 'setup.cfg', 'setup.py'].map((file) => `^{projectRoot}/${file}`),
        ...common,
      ],
      outputs: ['{workspaceRoot}/dist/{projectRoot}/snapshot'],
    });
    expect(targets['build-wheel']).toMatchObject({
      executor: '@wheelhouse/build:build-wheel',
      cache: true,
      dependsOn: ['snapshot'],
      inputs: [
        '{workspaceRoot}/libs/a/**/*',
        ...['tests/**', 'test/**', 'docker/dev/**', 'docker/release/**'].map(
          (glob) => `!{workspaceRoot}/libs/a/${glob}`,
        ),
        ...['conftest.py', 'pytest.ini', '.pytest.ini', 'tox.ini', '.coveragerc'].map(
          (glob) => `!{workspaceRoot}/libs/a/${glob}`,
        ),
        '!{workspaceRoot}/libs/a/project.json',
        '!{workspaceRoot}/libs/a/package.json',
        ...['build/lib*/**', 'build/bdist.*/**', 'build/temp.*/**', '*.egg-info/**', 'src/*.egg-info/**'].map(
          (glob) => `!{workspaceRoot}/libs/a/${glob}`,
        ),
        '!{workspaceRoot}/libs/a/**/__pycache__/**',
        '!{workspaceRoot}/libs/a/notes/**',
        // Templates of the project's own are inputs of what is made from them.
        ...['test', 'installed', 'hook'].map((template) => `!{workspaceRoot}/libs/a/.wheelhouse/${template}.bst`),
        wheels,
        ...common,
      ],
      outputs: [
        '{workspaceRoot}/dist/{projectRoot}/wheel',
        '{workspaceRoot}/dist/{projectRoot}/sdist',
        '{workspaceRoot}/dist/{projectRoot}/wheelhouse',
        '{workspaceRoot}/dist/{projectRoot}/manifest.json',
      ],
      metadata: {
        description: 'Builds the wheel and the wheelhouse to install it from, in a sandbox',
      },
    });
    expect(targets.test).toMatchObject({
      executor: '@wheelhouse/build:test',
      cache: true,
      dependsOn: ['build-wheel'],
      inputs: expect.arrayContaining([
        '{workspaceRoot}/libs/a/tests/**',
        '{workspaceRoot}/libs/a/pyproject.toml',
        ...['test', 'installed', 'env'].map((template) => `{workspaceRoot}/libs/a/.wheelhouse/${template}.bst`),
        toolchain,
        { env: 'WHEELHOUSE_RUN' },
        wheels,
      ]) as unknown[],
      outputs: [
        '{workspaceRoot}/reports/{projectRoot}/junit.xml',
        '{workspaceRoot}/reports/{projectRoot}/coverage.xml',
        '{workspaceRoot}/reports/{projectRoot}/record.json',
        '{workspaceRoot}/reports/{projectRoot}/test-result.intoto.json',
      ],
    });
    expect(targets.venv).toMatchObject({ executor: '@wheelhouse/build:venv', cache: false });
    expect(targets.venv).not.toHaveProperty('outputs');
    expect(targets.lock).toMatchObject({ executor: '@wheelhouse/build:lock', cache: false });
    expect(targets.publish).toMatchObject({
      executor: '@wheelhouse/build:publish',
      cache: false,
      dependsOn: ['build-wheel', 'test'],
    });
  });

  describe('has tasks wait', () => {
    const tests = (...names: readonly string[]): string =>
      `[project.optional-dependencies]\ntest = ${JSON.stringify(names)}\n`;
    const waiting = async (files: Files, options?: unknown): Promise<Record<string, unknown>> => {
      const results = await infer(files, options);
      const roots = metadataFilesOf(files).map((file) => file.split('/')[0] ?? '');
      return Object.fromEntries(
        roots.flatMap((root) =>
          ['lock', 'build-wheel', 'test'].map((target) => [
            `${root}:${target}`,
            (targetsOf(results, root)[target]?.dependsOn ?? []).filter((each) => typeof each !== 'string'),
          ]),
        ),
      );
    };

    it('for the wheels that are shipped with one, that tests need, and that it is built with', async () => {
      const files = {
        'app/pyproject.toml':
          pyproject('app', ['lib[x]', "elsewhere ; sys_platform == 'plan9'"]).replace('"setuptools"', '"plugin"') +
          tests('kit'),
        'app/tests/test_app.py': '',
        'app/project.json': '{ "name": "application" }',
        'lib/pyproject.toml': `${pyproject('lib', ['below'])}[project.optional-dependencies]\nx = ["more"]\n`,
        'below/pyproject.toml': pyproject('below'),
        'more/pyproject.toml': pyproject('more'),
        'elsewhere/pyproject.toml': pyproject('elsewhere'),
        'kit/pyproject.toml': pyproject('kit', ['app']),
        'plugin/pyproject.toml': pyproject('plugin', ['helper']),
        'helper/pyproject.toml': pyproject('helper'),
      };
      expect(await waiting(files)).toMatchObject({
        'app:lock': [{ projects: ['helper', 'plugin'], target: 'lock' }],
        'app:build-wheel': [{ projects: ['lib', 'more', 'plugin'], target: 'build-wheel' }],
        'app:test': [{ projects: ['kit'], target: 'build-wheel' }],
        'lib:lock': [],
        'lib:build-wheel': [{ projects: ['below'], target: 'build-wheel' }],
        'kit:build-wheel': [{ projects: ['application'], target: 'build-wheel' }],
      });
    });

    it('for no wheel of a project that requires theirs, whose files are inputs instead', async () => {
      const files = {
        'a/pyproject.toml': pyproject('a', ['b']),
        'b/pyproject.toml': pyproject('b', ['c', 'out']),
        'c/pyproject.toml': pyproject('c', ['a']),
        'out/pyproject.toml': pyproject('out'),
        'above/pyproject.toml': pyproject('above', ['a']),
      };
      expect(await waiting(files)).toMatchObject({
        'a:build-wheel': [{ projects: ['out'], target: 'build-wheel' }],
        'b:build-wheel': [{ projects: ['out'], target: 'build-wheel' }],
        'c:build-wheel': [{ projects: ['out'], target: 'build-wheel' }],
        'above:build-wheel': [{ projects: ['a'], target: 'build-wheel' }],
      });
      const inputs = targetsOf(await infer(files), 'a')['build-wheel']?.inputs;
      expect(inputs).toEqual(
        expect.arrayContaining([
          '{workspaceRoot}/b/**/*',
          '{workspaceRoot}/b/.python-version',
          '{workspaceRoot}/c/**/*',
          { dependentTasksOutputFiles: '**/*.whl', transitive: true },
        ]),
      );
      expect(inputs).not.toContain('{workspaceRoot}/out/**/*');
    });

    it('for projects that another entry of nx.json is for, by the names of their targets', async () => {
      const plugin = '@wheelhouse/build';
      const plugins = [
        { plugin, include: ['app/**'] },
        { plugin, include: ['lib/**', 'below/**'], options: { buildWheel: { targetName: 'wheel' } } },
        { plugin, include: ['none/**'], options: { buildWheel: false } },
      ];
      const files = {
        'nx.json': JSON.stringify({ plugins }),
        'app/pyproject.toml': pyproject('app', ['none']),
        'none/pyproject.toml': pyproject('none', ['lib']),
        'lib/pyproject.toml': pyproject('lib'),
      };
      const app = targetsOf(await inferIn(directory(files), files, {}, ['app/pyproject.toml']), 'app');
      expect(app['build-wheel']?.dependsOn).toEqual(['snapshot', { projects: ['lib'], target: 'wheel' }]);
      expect(app['build-wheel']?.inputs).toContain('{workspaceRoot}/none/**/*');
    });
  });

  it('leaves out the targets that are switched off, and what refers to them', async () => {
    const files = { 'a/pyproject.toml': pyproject('a'), 'a/tests/test_a.py': '' };
    const targets = targetsOf(
      await infer(files, { snapshot: false, buildWheel: false, test: { targetName: 'check' } }),
      'a',
    );
    expect(Object.keys(targets)).toEqual(['lock', 'venv', 'check']);
    expect(targets.check?.dependsOn).toEqual([]);
    expect(targets.check?.inputs?.slice(0, 2)).toEqual(['{workspaceRoot}/a/**/*', '^{projectRoot}/**/*']);
  });

  it('finds tests elsewhere by `testInclude`', async () => {
    const files = { 'a/pyproject.toml': pyproject('a'), 'a/checks/check_a.py': '' };
    const workspace = directory(files);
    gitInit(workspace);
    expect(Object.keys(targetsOf(await inferIn(workspace, files), 'a'))).not.toContain('test');
    expect(Object.keys(targetsOf(await inferIn(workspace, files, { testInclude: ['checks/**'] }), 'a'))).toContain(
      'test',
    );
  });

  it('gives one external node a version with the first project, a hash of what all locks allow', async () => {
    const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
    const results = await infer({
      'a/pyproject.toml': pyproject('a'),
      'a/locks/runtime.txt': lockText('six', '1.16.0', [one]),
      'a/locks/build/a.txt': lockText('six', '1.17.0', [one, two]),
      'b/pyproject.toml': pyproject('b'),
      'b/locks/runtime.txt': lockText('six', '1.16.0', [two]),
    });
    const [a, b] = results.map(({ externalNodes }) => externalNodes ?? {});
    expect(Object.keys(a ?? {})).toEqual(['pypi:six@1.16.0', 'pypi:six@1.17.0']);
    expect(b).toEqual({});
    expect(a?.['pypi:six@1.16.0']).toEqual({
      type: 'pypi',
      name: 'pypi:six@1.16.0',
      data: { version: '1.16.0', packageName: 'six', hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    expect(a?.['pypi:six@1.16.0']?.data.hash).not.toBe(a?.['pypi:six@1.17.0']?.data.hash);
  });

  it('sees a lock that has changed since the last time', async () => {
    const files = {
      'a/pyproject.toml': pyproject('a'),
      'a/locks/runtime.txt': lockText('six', '1.16.0', ['a'.repeat(64)]),
    };
    const workspace = directory(files);
    await inferIn(workspace, files);
    writeFiles(workspace, { 'a/locks/runtime.txt': lockText('six', '1.17.0', ['a'.repeat(64)]) });
    const [result] = await inferIn(workspace, files);
    expect(Object.keys(result?.externalNodes ?? {})).toEqual(['pypi:six@1.17.0']);
  });

  it('gives a project that something is wrong with targets that say what, and infers the others', async () => {
    const results = await infer({
      'a/pyproject.toml': pyproject('a'),
      'b/pyproject.toml': '[project]\nname =\n',
      'b/tests/test_b.py': '',
      'c/setup.py': 'from setuptools import setup\nNAME = open("name").read()\nsetup(name=NAME)\n',
    });
    expect(Object.keys(targetsOf(results, 'a'))).toEqual(['lock', 'snapshot', 'build-wheel', 'venv', 'publish']);
    const problem =
      'b/pyproject.toml [line 2 column 6]: not valid TOML: invalid value\n' +
      'hint: if `b` is not a project of yours, exclude it: `"exclude": ["b/**"]` beside the plugin\'s `options` in nx.json';
    const targets = ['lock', 'snapshot', 'build-wheel', 'venv', 'publish', 'test'];
    expect(problemsOf(results, 'b')).toEqual(Object.fromEntries(targets.map((name) => [name, problem])));
    expect(problemsOf(results, 'c').lock).toMatch(
      /^c\/setup\.py \[line 2 column 0\]: `NAME = open\("name"\)\.read\(\)` in `name` /,
    );
    expect(targetsOf(results, 'c').lock?.cache).toBe(false);
  });

  it('takes no distribution for two projects, and no name twice', async () => {
    const results = await infer({
      'a/pyproject.toml': pyproject('Some.Name'),
      'b/pyproject.toml': pyproject('some_name'),
      'c/pyproject.toml': pyproject('c'),
      'd/pyproject.toml': pyproject('d'),
      'd/project.json': '{"name": "c"}',
      'e/pyproject.toml': pyproject('Some.Name'),
    });
    const names = results.flatMap(({ projects }) =>
      Object.entries(projects ?? {}).map(([root, { name }]) => [root, name] as const),
    );
    expect(Object.fromEntries(names)).toEqual({ a: 'Some.Name', b: 'some_name', c: 'c', d: 'c', e: 'e' });
    expect(problemsOf(results, 'b').lock).toBe(
      'b/pyproject.toml [line 6 column 0]: the distribution `some_name` is also the project `a`, `e`\n' +
        'hint: rename one of them, or exclude what is not a project of yours: ' +
        '`"exclude": ["b/**"]` beside the plugin\'s `options` in nx.json',
    );
  });

  it('sees that a name is taken by a project of another entry of nx.json', async () => {
    const nxJson = JSON.stringify({
      plugins: [
        { plugin: '@wheelhouse/build', include: ['a/**'] },
        { plugin: '@wheelhouse/build', include: ['b/**'] },
      ],
    });
    const files = { 'a/pyproject.toml': pyproject('app'), 'b/pyproject.toml': pyproject('app'), 'nx.json': nxJson };
    const results = await infer(files, undefined, ['b/pyproject.toml']);
    expect(results.map(({ projects }) => Object.keys(projects ?? {}))).toEqual([['b']]);
    // The other one has it, whichever of the two Nx asks about first.
    expect(results[0]?.projects?.b?.name).toBe('b');
    expect(problemsOf(results, 'b').lock).toContain('the distribution `app` is also the project `a`');
  });

  it('says what is wrong with its options where the projects that they are for are run', async () => {
    const options = { python: 3, lock: { targetName: 'pin' } };
    const said =
      '@wheelhouse/build: the option `python` is `3`\nhint: it must be a path, a command or a version such as "3.12"';
    expect(problemsOf(await infer({ 'a/pyproject.toml': pyproject('a') }, options), 'a').pin).toBe(`nx.json: ${said}`);
    const nxJson = JSON.stringify({ plugins: ['other', { plugin: '@wheelhouse/build', options }] }, null, 1);
    const files = { 'a/pyproject.toml': pyproject('a'), 'nx.json': nxJson };
    expect(problemsOf(await infer(files, options), 'a').pin).toBe(`nx.json [line 7 column 14]: ${said}`);
  });
});

/** What the targets of a project say is wrong with it. */
function problemsOf(results: readonly CreateNodesResult[], root: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(targetsOf(results, root)).map(([name, { executor, options }]) => {
      expect(executor).toBe('@wheelhouse/build:report-problem');
      return [name, (options as { readonly problem: string }).problem];
    }),
  );
}
