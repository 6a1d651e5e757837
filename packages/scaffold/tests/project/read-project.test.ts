import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readProject } from '../../src/project/read-project.js';
import { TestWorkspace, written } from '../support/workspace.js';

const REQUIREMENTS = {
  'app/requirements.txt': 'Django>=5.2,<5.3\npsycopg[binary]~=3.2  # database\n',
  'app/requirements_test.txt': '-r requirements.txt\npytest\n',
};
const DJANGO = {
  'app/manage.py':
    '#!/usr/bin/env python\nimport os, sys\n\nif __name__ == "__main__":\n' +
    '    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
  'app/shop/__init__.py': '"""A shop.\n\nWith more to say.\n"""\n\n__version__ = "1.4"\n',
  'app/shop/settings.py': '',
  'app/shop/wsgi.py': '',
  'app/shop/static/shop/a.css': '',
  'app/shop/templates/index.html': '',
  'app/cart/__init__.py': '',
  'app/cart/migrations/__init__.py': '',
  'app/tests/__init__.py': '',
};

let workspace: TestWorkspace;
afterEach(() => {
  workspace.remove();
});

async function read(files: Record<string, string>, name?: string): Promise<unknown> {
  workspace = new TestWorkspace(files);
  mkdirSync(join(workspace.directory, 'app'), { recursive: true });
  const tree = workspace.tree();
  const model = await readProject(tree, { root: 'app', name, environment: process.env });
  expect(written(tree)).toEqual({});
  return model;
}

test('a Django project with requirements files alone', async () => {
  expect(await read({ ...REQUIREMENTS, ...DJANGO }, 'web-shop')).toEqual({
    root: 'app',
    name: 'web-shop',
    version: '1.4',
    description: 'A shop.',
    python: expect.stringMatching(/^3\.\d+$/) as string,
    hasMetadata: false,
    backend: 'setuptools.build_meta',
    dependencies: ['django<5.3,>=5.2', 'psycopg[binary]~=3.2'],
    testDependencies: ['pytest'],
    layout: 'flat',
    packages: ['cart', 'cart.migrations', 'shop'],
    modules: [],
    dataFiles: ['shop/static/shop/a.css', 'shop/templates/index.html'],
    scripts: ['manage.py'],
    entryPoints: [],
    framework: 'django',
    settings: 'shop.settings',
    application: { target: 'shop.wsgi:application', protocol: 'wsgi' },
  });
});

test('metadata of pyproject.toml, packages in src, and the object that servers call', async () => {
  const model = await read({
    'app/pyproject.toml':
      '[project]\nname = "Api"\nversion = "2.0"\nrequires-python = ">=3.9"\ndependencies = ["fastapi"]\n' +
      '[project.optional-dependencies]\ntest = ["httpx"]\n[dependency-groups]\ntests = ["pytest"]\n',
    'app/src/api/__init__.py': '',
    'app/src/api/main.py': 'import fastapi\n\nservice: fastapi.FastAPI = fastapi.FastAPI(title="x")\n',
    'app/src/api/py.typed': '',
    'app/setup/__init__.py': '',
  });
  expect(model).toMatchObject({
    name: 'Api',
    version: '2.0',
    requiresPython: '>=3.9',
    hasMetadata: true,
    dependencies: ['fastapi'],
    testDependencies: ['httpx', 'pytest'],
    layout: 'src',
    packages: ['api'],
    dataFiles: ['src/api/py.typed'],
    framework: 'fastapi',
    application: { target: 'api.main:service', protocol: 'asgi' },
  });
});

test('a command line, of a setup.cfg', async () => {
  const model = await read({
    'app/setup.cfg': '[metadata]\nname = tool\nversion = 3\n\n[options]\npackages = tool\n',
    'app/setup.py': 'from setuptools import setup\n\nsetup()\n',
    'app/tool/__init__.py': '',
    'app/tool/cli.py': 'import click\n\n\n@click.command()\ndef main() -> None:\n    """Runs."""\n',
  });
  expect(model).toMatchObject({ framework: 'cli', version: '3', entryPoints: ['tool = tool.cli:main'] });
});

test('modules without a package, and a name that comes from the directory', async () => {
  expect(await read({ 'app/one.py': 'VALUE = 1\n', 'app/test_one.py': '' })).toMatchObject({
    name: 'app',
    version: '0.1.0',
    packages: [],
    modules: ['one'],
    framework: 'none',
  });
});

describe('is refused with where and what:', () => {
  test.each<[string, Record<string, string>, string | undefined, string]>([
    ['a directory without Python', { 'app/README': '' }, undefined, '`app` has no Python package and no module'],
    ['a name that is none', { 'app/one.py': '' }, '-app', '`-app` is not a distribution name'],
    [
      'a setup.py that is no Python',
      { 'app/setup.py': 'setup(\n  name=\n' },
      undefined,
      "app/setup.py [line 1 column 5]: not valid Python: '(' was never closed",
    ],
    [
      'a requirement that only a requirements file can have',
      { 'app/one.py': '', 'app/requirements.txt': 'flask\n./libs/x\n', 'app/libs/x/setup.py': '' },
      undefined,
      'app/requirements.txt [line 2 column 0]: ',
    ],
  ])('%s', async (_what, files, name, message) => {
    await expect(read(files, name)).rejects.toThrow(message);
  });
});
