import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { digestOf, MemoryBlobStore, writeBlob } from '@wheelhouse/element/internal';
import {
  projectFiles,
  sourceSetMatcher,
  TEST_INCLUDES,
  WHEEL_EXCLUDES,
  parseWheelName,
} from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { writeOutputs, writeText } from '../../src/workspace/tree-files.js';

test.each([
  ['todo_common-1.0.0-py3-none-any.whl', { name: 'todo-common', version: '1.0.0' }],
  ['uwsgi-2.0.31-cp311-cp311-linux_x86_64.whl', { name: 'uwsgi', version: '2.0.31' }],
  ['numpy-1.0-2build-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', { name: 'numpy', version: '1.0' }],
])("a wheel's name is read: %s", (file, expected) => {
  expect(parseWheelName(file)).toMatchObject(expected);
});

test.each(['x-1.0.tar.gz', 'x-1.0-py3-none.whl', 'x.whl'])('an invalid name of a wheel is refused: %s', (file) => {
  expect(() => parseWheelName(file)).toThrow(`\`${file}\` is not the name of a wheel`);
});

describe('source sets', () => {
  const wheel = sourceSetMatcher({ include: [], exclude: WHEEL_EXCLUDES });
  const test_ = sourceSetMatcher({ include: TEST_INCLUDES, exclude: [] });

  test.each([
    ['setup.py', true, false],
    ['src/app/__init__.py', true, false],
    ['app/tests/data.json', true, false],
    ['tests/test_app.py', false, true],
    ['tests/deep/.hidden', false, true],
    ['docs/index.md', false, false],
    ['locks/build/app.txt', false, false],
    ['pytest.ini', false, true],
    ['pyproject.toml', true, true],
    ['project.json', false, false],
    ['.hidden/file', true, false],
    ['.wheelhouse/wheel.bst', false, false],
  ])('%s is a source of the wheel: %s, of the tests: %s', (file, inWheel, inTest) => {
    expect(wheel(file)).toBe(inWheel);
    expect(test_(file)).toBe(inTest);
  });

  test('what git tracks or would take up are the files of a project; elsewhere all but debris', async () => {
    const directory = temporaryDirectory();
    for (const path of ['app', 'app/__pycache__', 'dist', 'env']) mkdirSync(join(directory, path));
    const debris = ['app/__pycache__/a.pyc', 'dist/x.whl', 'env/pyvenv.cfg', 'env/x.py'];
    for (const path of ['app/a.py', ...debris, 'ignored.txt', '.gitignore']) {
      writeFileSync(join(directory, path), path === '.gitignore' ? 'ignored.txt\n__pycache__\ndist\nenv\n' : '');
    }
    expect((await projectFiles(directory)).sort()).toEqual(['.gitignore', 'app/a.py', 'ignored.txt']);
    execFileSync('git', ['init', '-q', directory]);
    expect((await projectFiles(directory)).sort()).toEqual(['.gitignore', 'app/a.py']);
  });
});

describe('outputs', () => {
  test('a directory is made to hold what it is to hold, and left alone when it does', async () => {
    const blobs = new MemoryBlobStore();
    const digest = await writeBlob(blobs, 'wheel');
    const file = { path: 'a.whl', sha256: digest.hash, digest };
    const path = join(temporaryDirectory(), 'dist/app/wheelhouse');
    expect(await writeOutputs(blobs, path, [file], { 'requirements.txt': 'a\n' })).toBe(true);
    expect(readdirSync(path).sort()).toEqual(['a.whl', 'requirements.txt']);
    expect(await writeOutputs(blobs, path, [file], { 'requirements.txt': 'a\n' })).toBe(false);
    writeFileSync(join(path, 'old.whl'), 'stale');
    expect(await writeOutputs(blobs, path, [file], { 'requirements.txt': 'a\n' })).toBe(true);
    expect(readdirSync(path).sort()).toEqual(['a.whl', 'requirements.txt']);
    writeFileSync(join(path, 'a.whl'), 'WHEEL');
    expect(await writeOutputs(blobs, path, [file], { 'requirements.txt': 'a\n' })).toBe(true);
    expect(readFileSync(join(path, 'a.whl'), 'utf8')).toBe('wheel');
    expect(readdirSync(join(path, '..'))).toEqual(['wheelhouse']);
  });

  test('what cannot be read leaves the directory as it was', async () => {
    const blobs = new MemoryBlobStore();
    const digest = digestOf('nobody has it');
    const path = join(temporaryDirectory(), 'wheel');
    mkdirSync(path);
    writeFileSync(join(path, 'a.whl'), 'old');
    await expect(writeOutputs(blobs, path, [{ path: 'a.whl', sha256: digest.hash, digest }])).rejects.toThrow();
    expect(readFileSync(join(path, 'a.whl'), 'utf8')).toBe('old');
    expect(readdirSync(join(path, '..'))).toEqual(['wheel']);
  });

  test('a text is written whole, below directories that are made for it', async () => {
    const path = join(temporaryDirectory(), 'a/b/manifest.json');
    await writeText(path, '{}\n');
    expect(readFileSync(path, 'utf8')).toBe('{}\n');
    expect(existsSync(`${path}.${process.pid}`)).toBe(false);
  });
});
