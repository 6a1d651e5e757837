import { execFileSync } from 'node:child_process';
import app from '../../src/generators/app/generator.js';
import type { AppGeneratorSchema } from '../../src/generators/app/schema.js';
import buildStage from '../../src/generators/build-stage/generator.js';
import lib from '../../src/generators/lib/generator.js';
import { heard } from '../support/heard.js';
import { expectGolden } from '../support/golden.js';
import { TestWorkspace, written } from '../support/workspace.js';

/** Options by which nothing depends on the machine. */
const FIXED = { base: 'python:3.11-slim@sha256:0000', pin: 'never' } as const;

/** X.Y of the interpreter of this machine. */
const PYTHON = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
  encoding: 'utf8',
}).trim();

let workspace: TestWorkspace;
const said = heard();
beforeEach(() => {
  workspace = new TestWorkspace({
    'apps/web/.keep': '',
    'old/setup.py': 'from setuptools import setup\nsetup(name="taken.name")\n',
    'old/locks/runtime.txt': 'requests==2.32.5 \\\n    --hash=sha256:00\n',
  });
});
afterEach(() => {
  workspace.remove();
});

test.each<[string, AppGeneratorSchema]>([
  ['app-django', { name: 'todo', framework: 'django' }],
  ['app-django-mysql', { name: 'todo', framework: 'django', database: 'mysql', packaging: 'pyproject' }],
  ['app-fastapi', { name: 'todo', framework: 'fastapi' }],
  ['app-flask', { name: 'todo', framework: 'flask', database: 'postgres' }],
  ['app-cli', { name: 'todo', framework: 'cli', packaging: 'pyproject' }],
  ['app-none', { name: 'To.Do', directory: 'apps/todo', description: 'What is to be done' }],
])('%s', async (golden, options) => {
  const tree = workspace.tree();
  await app(tree, { ...FIXED, ...options });
  expectGolden(tree, 'apps/todo', golden);
});

test('lib goes to `libs` where there is such a directory', async () => {
  workspace.write('libs/.keep', '');
  const tree = workspace.tree();
  await lib(tree, { name: 'common', ...FIXED });
  expectGolden(tree, 'libs/common', 'lib');
});

test('a version of Python holds natively as it does in Docker, also as the number that Nx makes of it', async () => {
  const tree = workspace.tree();
  await app(tree, { name: 'todo', framework: 'none', python: Number(PYTHON), pin: 'never' });
  expect(tree.read('apps/todo/.python-version', 'utf8')).toBe(`${PYTHON}\n`);
  expect(tree.read('apps/todo/docker/dev/Dockerfile', 'utf8')).toContain(`ARG BASE=python:${PYTHON}-slim\n`);
});

test.each(['django', 'fastapi', 'flask', 'cli', 'none'] as const)(
  'build-stage finds nothing to add to a new %s app',
  async (framework) => {
    const first = workspace.tree();
    await app(first, { name: 'todo', framework, ...FIXED });
    workspace.flush(first);
    said.forget();
    const second = workspace.tree();
    await buildStage(second, { directory: 'apps/todo', pin: 'never' });
    expect(written(second)).toEqual({});
    expect(said()).not.toContain('is left unchanged');
  },
);

describe('is refused, and nothing is written:', () => {
  // Nx checks values where it reads a command line; code may call a generator with any.
  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'a name that is not one of a distribution',
      { name: 'to do' },
      '`to do` is not a distribution name\nhint: a name has ASCII letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit (PEP 508)',
    ],
    [
      'a name that Python cannot import',
      { name: 'class' },
      '`class` would have a package `class`, which is a Python keyword',
    ],
    [
      'the name of what its template requires',
      { name: 'Flask', framework: 'flask' },
      '`Flask` is a distribution on the index that generated Python projects use: everything that requires `flask` would get this project instead\nhint: choose another name',
    ],
    [
      'the name of what a lock has from the index',
      { name: 'Requests' },
      '`Requests` is a distribution from the index, locked in `old/locks/runtime.txt`: everything that requires `requests` would get this project instead\nhint: choose another name',
    ],
    [
      'a name that another project has',
      { name: 'Taken-Name' },
      '`Taken-Name` is already the name of the project in `old`',
    ],
    [
      'a directory that is there',
      { name: 'web' },
      '`apps/web` already exists\nhint: choose a new directory with `--directory`; `nx g @wheelhouse/scaffold:build-stage --directory apps/web` adds a build stage to an existing project',
    ],
    [
      'a directory outside of the workspace',
      { name: 'todo', directory: '../todo' },
      '`../todo` is not inside the workspace',
    ],
    [
      'an unknown framework',
      { name: 'todo', framework: 'rails' },
      'the option `framework` is `rails`\nhint: it must be one of `django`, `fastapi`, `flask`, `cli`, `none`',
    ],
    [
      'an unknown packaging',
      { name: 'todo', packaging: 'egg' },
      'the option `packaging` is `egg`\nhint: it must be one of `setup.py`, `pyproject`',
    ],
  ])('%s', async (_what, options, message) => {
    const tree = workspace.tree();
    await expect(app(tree, { name: '', ...FIXED, ...options })).rejects.toThrow(message);
    expect(written(tree)).toEqual({});
  });
});
