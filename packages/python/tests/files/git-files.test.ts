import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gitFilesMatching, gitListing, projectFiles } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';

const PERSON = { GIT_AUTHOR_NAME: 't', GIT_AUTHOR_EMAIL: 't@example.org' };
const COMMITTER = { GIT_COMMITTER_NAME: 't', GIT_COMMITTER_EMAIL: 't@example.org' };

function git(directory: string, ...words: readonly string[]): void {
  execFileSync('git', ['-c', 'protocol.file.allow=always', ...words], {
    cwd: directory,
    env: { ...process.env, ...PERSON, ...COMMITTER },
    stdio: 'pipe',
  });
}

function write(directory: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), path);
  }
}

/** A repository with these files committed. */
function repository(...paths: readonly string[]): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q', '-b', 'main');
  write(directory, ...paths);
  git(directory, 'add', '-A');
  git(directory, 'commit', '-q', '-m', 'c', '--allow-empty');
  return directory;
}

async function listed(directory: string): Promise<string[]> {
  return (await projectFiles(directory)).sort();
}

describe('repositories in a project', () => {
  test('a submodule counts with what it tracks and what is new in it, and so do submodules of submodules', async () => {
    const inner = repository('deep.txt');
    const middle = repository('middle.py');
    git(middle, 'submodule', '--quiet', 'add', inner, 'vendor');
    git(middle, 'commit', '-q', '-m', 'c');
    const directory = repository('a.py');
    git(directory, 'submodule', '--quiet', 'add', middle, 'lib');
    git(directory, 'submodule', '--quiet', 'update', '--init', '--recursive');
    write(directory, 'lib/new.py', 'lib/ignored.log');
    writeFileSync(join(directory, 'lib/.gitignore'), '*.log\n');
    expect(await listed(directory)).toEqual([
      '.gitmodules',
      'a.py',
      'lib/.gitignore',
      'lib/.gitmodules',
      'lib/middle.py',
      'lib/new.py',
      'lib/vendor/deep.txt',
    ]);
    expect((await gitListing(directory, { which: 'sources' }))?.nested).toEqual(['lib', 'lib/vendor']);
  });

  test('one that is not checked out is reported, at any depth', async () => {
    const middle = repository('middle.py');
    git(middle, 'submodule', '--quiet', 'add', repository('deep.txt'), 'vendor');
    git(middle, 'commit', '-q', '-m', 'c');
    const directory = repository('a.py');
    git(directory, 'submodule', '--quiet', 'add', middle, 'lib');
    expect((await gitListing(directory, { which: 'sources' }))?.absent).toEqual([
      { path: 'lib/vendor', why: 'submodule' },
    ]);
    git(directory, 'submodule', '--quiet', 'deinit', '--force', 'lib');
    expect((await gitListing(directory, { which: 'sources' }))?.absent).toEqual([{ path: 'lib', why: 'submodule' }]);
    rmSync(join(directory, 'lib'), { recursive: true });
    expect((await gitListing(directory, { which: 'sources' }))?.absent).toEqual([{ path: 'lib', why: 'submodule' }]);
  });

  test('a repository that is not a submodule counts, and one whose own repository is gone counts as it is', async () => {
    const directory = repository('a.py');
    git(directory, 'clone', '-q', repository('tool.py', 'x.pyc'), 'cloned');
    git(directory, 'submodule', '--quiet', 'add', repository('sub.py'), 'lib');
    writeFileSync(join(directory, 'lib/.git'), 'gitdir: ../nowhere\n');
    write(directory, 'lib/__pycache__/sub.pyc');
    expect(await listed(directory)).toEqual(['.gitmodules', 'a.py', 'cloned/tool.py', 'cloned/x.pyc', 'lib/sub.py']);
  });

  test('files that match a pattern are found in submodules, too', async () => {
    const inner = repository('pyproject.toml', 'x.txt');
    const middle = repository('libs/a/pyproject.toml');
    git(middle, 'submodule', '--quiet', 'add', inner, 'vendor');
    git(middle, 'commit', '-q', '-m', 'c');
    const directory = repository('apps/a/pyproject.toml', 'y.txt');
    git(directory, 'submodule', '--quiet', 'add', middle, 'sub module');
    git(directory, 'submodule', '--quiet', 'update', '--init', '--recursive');
    expect((await gitFilesMatching(directory, [':(glob)**/pyproject.toml']))?.sort()).toEqual([
      'apps/a/pyproject.toml',
      'sub module/libs/a/pyproject.toml',
      'sub module/vendor/pyproject.toml',
    ]);
  });

  test('another working tree of the repository does not count', async () => {
    const directory = repository('a.py');
    git(directory, 'worktree', 'add', '-q', '-b', 'other', 'trees/other');
    expect(await listed(directory)).toEqual(['a.py']);
  });
});

describe('what git says', () => {
  test('a directory that an outer repository ignores is used as it is', async () => {
    const outer = repository('.gitignore');
    writeFileSync(join(outer, '.gitignore'), 'workspace/\n');
    write(outer, 'workspace/apps/a/a.py', 'workspace/apps/a/__pycache__/a.pyc');
    expect(await listed(join(outer, 'workspace/apps/a'))).toEqual(['a.py']);
  });

  test('files that are tracked although a pattern of an outer directory names them count', async () => {
    const directory = repository('apps/sub/sub/__init__.py', 'apps/sub/pyproject.toml');
    writeFileSync(join(directory, '.gitignore'), 'sub\n');
    expect(await listed(join(directory, 'apps/sub'))).toEqual(['pyproject.toml', 'sub/__init__.py']);
  });

  test('names that git quotes are read unquoted', async () => {
    const names = ['a\nb.txt', 'tab\there.txt', 'ünïcode.txt', '"quoted".txt', 'sp ace.txt', '? x', 'H 100644'];
    const directory = repository(...names.slice(0, 4));
    git(directory, 'config', 'core.quotePath', 'true');
    write(directory, ...names.slice(4));
    expect(await listed(directory)).toEqual([...names].sort());
  });

  test('a file outside of a sparse checkout is reported', async () => {
    const directory = repository('a/a.py', 'b/b.py', 'c.py');
    git(directory, 'sparse-checkout', 'set', '--no-cone', '/a/', '/c.py');
    const listing = await gitListing(directory, { which: 'sources' });
    expect(listing?.absent).toEqual([{ path: 'b/b.py', why: 'sparse' }]);
  });

  test('variables of a hook of git do not change which files are listed', async () => {
    const directory = repository('outer.py', 'apps/a/a.py');
    const before = { ...process.env };
    process.env.GIT_DIR = join(directory, '.git');
    process.env.GIT_INDEX_FILE = join(directory, '.git/index');
    try {
      expect(await listed(join(directory, 'apps/a'))).toEqual(['a.py']);
    } finally {
      process.env = before;
    }
  });
});

it('says so where a directory without git was removed meanwhile', async () => {
  const directory = join(temporaryDirectory(), 'gone');
  await expect(projectFiles(directory)).rejects.toMatchObject({
    code: 'SOURCE',
    message: `\`${directory}\` or something in it was removed while its files were listed`,
  });
});
