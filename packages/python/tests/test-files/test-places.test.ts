import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasTestFiles, sourceSetMatcher, testPlaces, type TestPlaces } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';

const TEST = 'def test_it():\n    pass\n';

function places(
  files: Readonly<Record<string, string>>,
  testInclude?: readonly string[],
): TestPlaces & { has: boolean; staged: string[] } {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const found = testPlaces({ directory, distribution: 'acme-app', testInclude });
  const matches = found.include.length === 0 ? () => false : sourceSetMatcher({ include: found.include, exclude: [] });
  return { ...found, has: hasTestFiles(directory, found), staged: Object.keys(files).filter(matches) };
}

test.each<[string, Readonly<Record<string, string>>, string[], string[]]>([
  [
    'a module of tests in a package',
    { 'polls/__init__.py': '', 'polls/tests.py': TEST, 'polls/models.py': '', 'polls/conftest.py': '' },
    ['polls'],
    ['polls/tests.py', 'polls/conftest.py'],
  ],
  [
    'a package of tests in a package, with its data',
    {
      'src/app/__init__.py': '',
      'src/app/tests/__init__.py': '',
      'src/app/tests/unit/test_a.py': TEST,
      'src/app/tests/data/a.json': '',
    },
    ['src/app'],
    ['src/app/tests/__init__.py', 'src/app/tests/unit/test_a.py', 'src/app/tests/data/a.json'],
  ],
  [
    'a namespace of the name of the distribution',
    { 'acme/app/__init__.py': '', 'acme/app/app_test.py': 'class TestApp:\n  pass\n' },
    ['acme'],
    ['acme/app/app_test.py'],
  ],
  ['a file in the root', { 'test_a.py': TEST, 'setup.py': '' }, [], ['test_a.py']],
  [
    'files that only look like tests',
    { 'app/__init__.py': '', 'app/test_client.py': 'A = 1\n', 'a_test.py': '' },
    [],
    [],
  ],
  [
    'a template, an example and a project inside of it',
    {
      '{{name}}/app/__init__.py': '',
      '{{name}}/app/test_a.py': TEST,
      'examples/__init__.py': '',
      'examples/test_a.py': TEST,
      'inner/__init__.py': '',
      'inner/pyproject.toml': '',
      'inner/test_a.py': TEST,
    },
    [],
    [],
  ],
])('%s', (_what, files, packages, staged) => {
  const found = places(files);
  expect({ packages: found.packages, staged: found.staged, has: found.has }).toEqual({
    packages,
    staged,
    has: staged.length > 0,
  });
});

test.each([
  ['pytest.ini', '[pytest]\ntestpaths = unit "more tests"\n'],
  ['.pytest.ini', '[pytest]\ntestpaths: unit\n  more*\n'],
  ['pytest.toml', '[pytest]\ntestpaths = ["unit", "more tests"]\n'],
  ['pyproject.toml', '[tool.pytest.ini_options]\ntestpaths = ["unit/", "./more tests"]\n'],
  ['pyproject.toml', '[tool.pytest]\ntestpaths = ["unit", "more tests"]\n'],
  ['tox.ini', '[tox]\nenvlist = py\n[pytest]\ntestpaths = unit more*\n'],
  ['setup.cfg', '[tool:pytest]\ntestpaths =\n    unit\n    more?tests\n'],
])('testpaths of pytest in %s', (file, text) => {
  const found = places({ [file]: text, 'unit/test_a.py': TEST, 'more tests/deep/b.py': '', 'other/test_c.py': TEST });
  expect(found).toMatchObject({ packages: [], staged: ['unit/test_a.py', 'more tests/deep/b.py'], has: true });
});

test.each([
  ['the first file counts', { 'pytest.ini': '', 'tox.ini': '[pytest]\ntestpaths = unit\n' }],
  ['what cannot be read says nothing', { 'pyproject.toml': '[tool.pytest.ini_options\ntestpaths = ["unit"]\n' }],
  ['paths that lead out, or nowhere else', { 'tox.ini': '[pytest]\ntestpaths = ../unit /unit . tests\n' }],
])('%s', (_what, files) => {
  expect(places({ ...files, 'unit/test_a.py': TEST })).toMatchObject({ include: [], has: false });
});

test('file names of pytest count in the root and in packages', () => {
  const found = places({
    'tox.ini': '[pytest]\npython_files = check_*.py\n',
    'check_a.py': TEST,
    'app/__init__.py': '',
    'app/check_b.py': TEST,
    'tools/check_c.py': TEST,
  });
  expect(found).toMatchObject({ packages: ['app'], staged: ['check_a.py', 'app/check_b.py'] });
});

test('a package that testInclude names files of is left to it', () => {
  const files = { 'src/app/__init__.py': '', 'src/app/test_a.py': TEST };
  expect(places(files, ['src/app/tests/**'])).toMatchObject({ packages: [], include: [] });
  expect(places(files, ['checks/**'])).toMatchObject({ packages: ['src/app'] });
});
