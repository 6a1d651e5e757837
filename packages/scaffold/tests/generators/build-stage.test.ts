import buildStage from '../../src/generators/build-stage/generator.js';
import type { BuildStageGeneratorSchema } from '../../src/generators/build-stage/schema.js';
import { heard } from '../support/heard.js';
import { expectGolden } from '../support/golden.js';
import { TestWorkspace, written } from '../support/workspace.js';

/** Options by which nothing depends on the machine. */
const BASE = 'python:3.11-slim@sha256:0000';
const FIXED = { base: BASE, pin: 'never' } as const;

const DJANGO = {
  'shop/manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
  'shop/shop/__init__.py': '"""A shop."""\n',
  'shop/shop/settings.py': '',
  'shop/shop/wsgi.py': '',
  'shop/shop/static/shop/a.css': '',
  'shop/requirements.txt': 'django>=5.2,<5.3\npsycopg[binary]\ngunicorn\n',
  'shop/requirements_test.txt': '-r requirements.txt\n',
};

let workspace: TestWorkspace;
const said = heard();
afterEach(() => {
  workspace.remove();
});

async function generate(options: BuildStageGeneratorSchema): Promise<ReturnType<TestWorkspace['tree']>> {
  const tree = workspace.tree();
  said.forget();
  await buildStage(tree, options);
  return tree;
}

describe('a Django project with requirements files alone', () => {
  beforeEach(() => {
    workspace = new TestWorkspace(DJANGO);
  });

  test('gets metadata, a stage with its database, and targets', async () => {
    const tree = await generate({ directory: 'shop', ...FIXED });
    expectGolden(tree, 'shop', 'build-stage-django');
    expect(said()).toBe('');
    expect(Object.keys(written(tree)).filter((file) => file in DJANGO)).toEqual([]);
  });

  test('makes its context after the tasks that make files of the wheel', async () => {
    const generated = [
      { files: ['shop/static/**'], by: 'bundle' },
      { files: ['shop/locale/**'], by: 'words:compile:all' },
    ];
    workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options: { generated } }] }));
    const project = JSON.parse(written(await generate({ directory: 'shop', ...FIXED }))['shop/project.json'] ?? '') as {
      targets: Record<string, unknown>;
    };
    expect(project.targets['stage:build']).toMatchObject({
      dependsOn: [{ target: 'bundle' }, { target: 'compile:all', projects: ['words'] }],
    });
  });

  test('shares files by volumes_from on request, and keeps doing so', async () => {
    const tree = await generate({ directory: 'shop/', ...FIXED, volumesFrom: true });
    const compose = written(tree)['shop/docker/dev/docker-compose.yml'];
    expect(compose).toContain('    volumes: ["/build"]\n');
    expect(compose?.match(/volumes_from: \["cache:ro"\]/g)).toHaveLength(2);
    expect(compose).not.toMatch(/^volumes:/m);
    workspace.flush(tree);
    expect(written(await generate({ directory: 'shop', pin: 'never' }))).toEqual({});
    expect(said()).toBe('');
  });

  test('is not changed the second time, with any base in its Dockerfile', async () => {
    workspace.flush(await generate({ directory: 'shop', ...FIXED }));
    expect(written(await generate({ project: 'shop', pin: 'never' }))).toEqual({});
    expect(said()).toBe('');
  });

  test("keeps the user's edits, and shows what it would have written", async () => {
    workspace.flush(await generate({ directory: 'shop', ...FIXED }));
    const tree = workspace.tree();
    const edit = (file: string, from: string, to: string): void => {
      workspace.write(file, (tree.read(file, 'utf8') ?? '').replace(from, to));
    };
    edit('shop/docker/dev/Dockerfile', 'TZ=UTC', 'TZ=CET');
    edit('shop/setup.py', 'version="0.1.0"', 'version="0.2.0"');
    edit('shop/project.json', '"stage": "clean"', '"stage": "build"');
    edit('shop/MANIFEST.in', '*.css', '*.js');
    expect(written(await generate({ directory: 'shop', pin: 'never' }))).toEqual({});
    expect(said()).toContain('`shop/docker/dev/Dockerfile` is left unchanged.');
    expect(said()).toContain('-    TZ=CET\n+    TZ=UTC\n');
    expect(said()).toContain('-      "stage": "build"\n+      "stage": "clean"\n');
    expect(said()).toContain('-recursive-include shop *.js\n+recursive-include shop *.css\n');
    expect(said()).not.toContain('setup.py');
  });
});

test('a MANIFEST.in is not a conflict if setup.py lists the files itself', async () => {
  workspace = new TestWorkspace({
    'text/MANIFEST.in': 'include LICENSE\n',
    'text/setup.py':
      'from setuptools import setup\nsetup(name="text", version="1", packages=["text"],\n      package_dir={"": "src"}, package_data={"text": ["data.bin"]})\n',
    'text/src/text/__init__.py': '',
    'text/src/text/data.bin': '',
  });
  await generate({ directory: 'text', ...FIXED });
  expect(said()).not.toContain('is left unchanged');
});

describe('a flat project whose packages setuptools discovers has them named, behind what is there', () => {
  const text =
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "flat"\nversion = "1"\n';

  test.each([
    ['a package', { 'flat/flat/__init__.py': '' }, '\n[tool.setuptools.packages.find]\ninclude = ["flat", "flat.*"]\n'],
    ['a module', { 'flat/flat.py': '' }, '\n[tool.setuptools]\npy-modules = ["flat"]\n'],
  ])('%s', async (_what, files, added) => {
    workspace = new TestWorkspace({ 'flat/pyproject.toml': text, 'flat/tests/__init__.py': '', ...files });
    const tree = await generate({ directory: 'flat', ...FIXED });
    expect(written(tree)['flat/pyproject.toml']).toBe(`${text}${added}`);
    workspace.flush(tree);
    expect(written(await generate({ directory: 'flat', pin: 'never' }))).toEqual({});
  });

  test('where a table would change what setup.cfg means, it is said', async () => {
    workspace = new TestWorkspace({
      'flat/setup.cfg': '[metadata]\nname = flat\nversion = 1\n',
      'flat/flat/__init__.py': '',
    });
    await generate({ directory: 'flat', ...FIXED });
    expect(said()).toContain(
      'setuptools discovers the packages of `flat` automatically, and would include the directories `docker` and `locks`: ' +
        'list the packages, in setup.cfg with `packages = find:` and `include` in `[options.packages.find]`.',
    );
  });
});

test('a project with metadata of its own keeps every line of it', async () => {
  const files = {
    'nx.json': '{ "plugins": ["@nx/docker", { "plugin": "@wheelhouse/build", "options": {} }] }\n',
    'api/pyproject.toml': '[project]\nname = "api"\nversion = "2.0"\ndependencies = ["fastapi"]\n',
    'api/project.json':
      '{\n  "name": "the-api",\n  // ours\n  "targets": { "test": { "executor": "@nxlv/python:run-commands" } }\n}\n',
    'api/src/api/__init__.py': '',
    'api/src/api/main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n',
    'api/scripts/test.sh': 'echo mine\n',
  };
  workspace = new TestWorkspace(files);
  const tree = await generate({ project: 'the-api', ...FIXED });
  expectGolden(tree, 'api', 'build-stage-fastapi');
  expect(said()).toContain('`api/MANIFEST.in` is not needed: the packages contain only Python source.\n');
  expect(said()).toContain('The services `agent` and `db` are left out');
  expect(said()).toContain('no server for `api.main:app` is required. Require one of `uvicorn`, `hypercorn`, `daphne`');
  expect(said()).toContain('`api/scripts/test.sh` is left unchanged.');
  expect(JSON.parse(written(tree)['nx.json']!)).toMatchObject({
    plugins: [{ plugin: '@nx/docker', exclude: ['api/docker/**'] }, { plugin: '@wheelhouse/build' }],
  });
});

test('a project whose metadata is one directory below is found there, and no second one is written', async () => {
  workspace = new TestWorkspace({
    'todo/docker/dev/Dockerfile': 'FROM scratch\n',
    'todo/src/setup.py':
      'from setuptools import find_packages, setup\nsetup(name="todo", version="1", packages=find_packages())\n',
    'todo/src/todo/__init__.py': '',
    'todo/tests/setup.py': 'from setuptools import setup\nsetup(name="fixture", version="1")\n',
  });
  const tree = await generate({ directory: 'todo', ...FIXED });
  expect(
    Object.keys(written(tree)).filter((file) => file.startsWith('todo/') && !file.startsWith('todo/src/')),
  ).toEqual([]);
  expect(written(tree)['todo/src/setup.py']).toBeUndefined();
  expect(written(tree)['todo/src/docker/dev/Dockerfile']).toContain('ARG BASE=');
  expect(said()).toContain(
    'The project of `todo` is in `todo/src`, which has its metadata: its build stage is there, too.',
  );
});

describe('is refused, and nothing is written:', () => {
  beforeEach(() => {
    workspace = new TestWorkspace({
      ...DJANGO,
      'broken/setup.py': 'setup(\n',
      'my shop/shop/__init__.py': '',
      'notes/README.md': '',
      'bad/pyproject.toml': '[project\n',
      'web/setup.py': 'from setuptools import setup\nsetup(name="web", version="1", install_requires=["Common>1"])\n',
      'web/web.py': '',
      'flask/flask_site.py': '',
      'own/requirements.txt': 'own\n',
      'own/site.py': '',
      'twice/a.py': '',
      'many/one/pyproject.toml': '[project]\nname = "one"\nversion = "1"\n',
      'many/two/setup.cfg': '[metadata]\nname = two\nversion = 1\n',
      'lib/pyproject.toml': '[project]\nname = "common"\nversion = "2"\n',
    });
  });

  test.each<[string, BuildStageGeneratorSchema, string]>([
    ['neither project nor directory', {}, 'no project given\nhint: pass `--project NAME`'],
    ['both', { project: 'a', directory: 'b' }, 'both a project and a directory are given\n'],
    [
      'an unknown project',
      { project: 'other' },
      'project `other` not found\nhint: `nx show projects` lists the projects',
    ],
    ['an absent directory', { directory: 'apps/x' }, 'no such directory: `apps/x`\n'],
    ['a directory outside', { directory: '../x' }, '`../x` is not inside the workspace\n'],
    ['a setup.py that is no Python', { directory: 'broken' }, 'broken/setup.py [line 1 column 5]: not valid Python'],
    ['a pyproject.toml that is no TOML', { directory: 'bad' }, 'pyproject.toml [line 1 column '],
    [
      'a directory whose name is not one of a distribution',
      { directory: 'my shop' },
      '`my shop` is not a distribution name\nhint: set it with the option `name`: ASCII letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit (PEP 508)',
    ],
    [
      'a name that is not one of a distribution',
      { directory: 'shop', name: '-shop' },
      '`-shop` is not a distribution name',
    ],
    [
      'a directory without a package',
      { directory: 'notes' },
      '`notes` has no Python package and no module\nhint: a package is a directory with an `__init__.py`, beside setup.py or in `src`',
    ],
    [
      'a directory with projects of its own',
      { directory: 'many' },
      '`many` is not a project, but has projects below it, in `many/one`, `many/two`\nhint: choose one of them with `--directory`',
    ],
    [
      'a name of what projects are made with',
      { directory: 'flask' },
      '`flask` is a distribution on the index that generated Python projects use: everything that requires `flask` would get this project instead\nhint: set it with the option `name`',
    ],
    [
      'the name of what the project requires',
      { directory: 'own' },
      '`own` is also the name of a distribution that the project requires\nhint: set it with the option `name`',
    ],
    [
      'the name of another project',
      { directory: 'twice', name: 'Common' },
      '`Common` in `twice` has the same name as the project in `lib`\nhint: add the build stage to that project, or give this one another name with the option `name`',
    ],
    [
      'an image of no database',
      { directory: 'shop', database: 'none', databaseImage: 'x' },
      'the option `databaseImage` is `x`',
    ],
    [
      'an unknown database',
      { directory: 'shop', database: 'oracle' as 'mysql' },
      'the option `database` is `oracle`\nhint: it must be one of `postgres`, `mysql`, `none`',
    ],
  ])('%s', async (_what, options, message) => {
    const tree = workspace.tree();
    await expect(buildStage(tree, { pin: 'never', ...options })).rejects.toThrow(message);
    expect(written(tree)).toEqual({});
  });

  test('a required digest, without an engine to look it up', async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'unix:///nonexistent/docker.sock';
    try {
      const tree = workspace.tree();
      await expect(buildStage(tree, { directory: 'shop', pin: 'always' })).rejects.toThrow(
        'cannot connect to a Docker engine at `unix:///nonexistent/docker.sock`',
      );
      expect(written(tree)).toEqual({});
    } finally {
      process.env.DOCKER_HOST = before ?? '';
    }
  });
});
