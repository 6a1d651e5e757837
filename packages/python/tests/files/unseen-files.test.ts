import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFiles } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { ignoredFiles, lfsPointers } from '../../src/files/unseen-files.js';

function project(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  execFileSync('git', ['init', '-q', directory]);
  return directory;
}

const empty = (...paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, '']));

test('files of packages that git ignores are found, and whole packages; what tools leave there is not', async () => {
  const directory = project({
    '.gitignore': 'static/\n*.mo\nlib/\nnotes/\n*.log\n*.so\n__pycache__/\nscratch.py\nbuild/\n.env\n',
    ...empty('web/__init__.py', 'web/static/js/app.js', 'web/locale/de/messages.mo', 'web/app.log', 'web/_x.so'),
    ...empty('web/__pycache__/a.pyc', 'web/.env', 'lib/__init__.py', 'lib/a.py', 'notes/a.txt', 'scratch.py'),
    ...empty('build/lib/web/a.py', 'x.mo', 'web/static/build/b.js', 'lib/env/pyvenv.cfg', 'lib/env/x.py'),
  });
  const { inPackages, all } = await ignoredFiles(directory, await projectFiles(directory));
  expect(inPackages).toEqual([
    'lib/__init__.py',
    'lib/a.py',
    'web/locale/de/messages.mo',
    'web/static/build/b.js',
    'web/static/js/app.js',
  ]);
  expect(all).toEqual(
    [...inPackages, 'notes/a.txt', 'scratch.py', 'web/.env', 'web/_x.so', 'web/app.log', 'x.mo'].sort(),
  );
});

test('a directory that an outer repository ignores as a whole is asked nothing', async () => {
  const directory = project({ '.gitignore': 'app/\n', ...empty('app/a/__init__.py', 'app/a/static/a.js') });
  const inner = join(directory, 'app');
  expect(await ignoredFiles(inner, await projectFiles(inner))).toEqual({ inPackages: [], all: [] });
});

test('pointers of Git LFS are distinguished from the files themselves', () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
  const files = { 'a/model.bin': pointer, 'a/real.bin': 'version', 'a/long.txt': pointer + 'x'.repeat(2000) };
  expect(lfsPointers(project(files), [...Object.keys(files), 'a/deleted.bin'])).toEqual(['a/model.bin']);
});

test('in a directory that git ignores nothing is left out, however deep it is; one of which all files are ignored is another case', async () => {
  const directory = project({
    '.gitignore': 'copy/\n*.mo\n',
    ...empty('copy/web/a.mo', 'copy/web/deep/b.mo', 'pure/web/a.mo', 'pure/b.mo'),
  });
  const nothing = { inPackages: [], all: [] };
  for (const below of ['copy', 'copy/web', 'copy/web/deep']) {
    expect(await ignoredFiles(join(directory, below), [])).toEqual(nothing);
  }
  expect(await ignoredFiles(join(directory, 'pure'), [])).toEqual({ inPackages: [], all: ['b.mo', 'web/a.mo'] });
});
