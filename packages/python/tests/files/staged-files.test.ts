import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { WHEEL_EXCLUDES } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { stagedFiles, type StagedFiles, type StagedFilesChoice } from '../../src/files/staged-files.js';

/** A repository with the project `apps/a` in it. */
function workspace(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  execFileSync('git', ['init', '-q', directory]);
  for (const [path, text] of Object.entries({ 'apps/a/a/__init__.py': '', ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

async function staged(directory: string, choice: Partial<StagedFilesChoice> = {}): Promise<StagedFiles> {
  return await stagedFiles({
    workspace: directory,
    project: 'apps/a',
    set: { include: [], exclude: WHEEL_EXCLUDES },
    named: [],
    shared: [],
    generated: [],
    ...choice,
  });
}

async function errorOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return formatError(error as ElementError);
  }
  return '';
}

describe('files that metadata names', () => {
  test('count even if excluded, and nothing else of their directory', async () => {
    const directory = workspace({ 'apps/a/docs/README.md': '', 'apps/a/docs/guide.md': '' });
    const { wanted } = await staged(directory, { named: ['docs/README.md', 'docs/absent.md'] });
    expect([...wanted].sort()).toEqual(['a', 'a/__init__.py', 'docs', 'docs/README.md']);
  });

  test('are not taken where git ignores them: they are on this machine alone', async () => {
    const directory = workspace({ 'apps/a/README.md': '', '.gitignore': 'README.md\n' });
    expect(await errorOf(() => staged(directory, { named: ['README.md'] }))).toBe(
      "`apps/a/README.md` is in the project's metadata, but git ignores it\n" +
        'hint: add it with `git add --force`, or, if a task generates it, list it in the option `generated`',
    );
  });
});

describe('files outside of the project', () => {
  test('are staged with it, each at its path in the workspace', async () => {
    const directory = workspace({ LICENSE: '', 'common/x/y.py': '', 'common/x/__pycache__/y.pyc': '', 'other.md': '' });
    const { wanted, ...where } = await staged(directory, { shared: ['./LICENSE', 'common/'] });
    expect(where.directory).toBe(directory);
    expect([...wanted].sort()).toEqual([
      'LICENSE',
      'apps',
      'apps/a',
      'apps/a/a',
      'apps/a/a/__init__.py',
      'common',
      'common/x',
      'common/x/y.py',
    ]);
  });

  test('that the workspace does not have are refused by name', async () => {
    const directory = workspace({ LICENCE: '' });
    expect(await errorOf(() => staged(directory, { shared: ['LICENCE', 'LICENSE*'] }))).toBe(
      'the option `shared` lists `LICENSE*`, but the workspace has no such file\n' +
        'hint: use a file, a directory or a glob relative to the workspace; files that git ignores are excluded',
    );
  });

  test('are named where a link leads to them, until they are shared', async () => {
    const directory = workspace({ LICENSE: '', 'README.md': '' });
    symlinkSync('../../LICENSE', join(directory, 'apps/a/LICENSE'));
    const { checkLink } = await staged(directory);
    expect(
      await errorOf(() => {
        checkLink('LICENSE');
      }),
    ).toBe(
      '`apps/a/LICENSE` is a symbolic link to `../../LICENSE`, which is outside the project\n' +
        'hint: add `LICENSE` to the option `shared`, for workspace files that are staged with the project',
    );
    const others = await staged(directory, { shared: ['README.md'] });
    expect(
      await errorOf(() => {
        others.checkLink('apps/a/LICENSE');
      }),
    ).toContain('add `LICENSE` to the option `shared`');
    const shared = await staged(directory, { shared: ['LICENSE'] });
    expect(
      await errorOf(() => {
        shared.checkLink('apps/a/LICENSE');
      }),
    ).toBe('');
  });

  test('a link to an absolute path or out of the workspace is refused', async () => {
    const directory = workspace({});
    symlinkSync('/etc/hostname', join(directory, 'apps/a/host'));
    symlinkSync('../../../out', join(directory, 'apps/a/out'));
    symlinkSync('a', join(directory, 'apps/a/inside'));
    const { checkLink } = await staged(directory);
    expect(
      await errorOf(() => {
        checkLink('host');
      }),
    ).toBe(
      '`apps/a/host` is a symbolic link to `/etc/hostname`, an absolute path\n' +
        'hint: paths in the sandbox differ from this machine: make the link relative',
    );
    expect(
      await errorOf(() => {
        checkLink('out');
      }),
    ).toBe(
      '`apps/a/out` is a symbolic link to `../../../out`, which is outside the workspace\n' +
        'hint: sandboxes contain only files of the workspace: move it there',
    );
    expect(
      await errorOf(() => {
        checkLink('inside');
      }),
    ).toBe('');
  });
});

describe('files that a task makes', () => {
  test('count although git ignores them', async () => {
    const directory = workspace({
      '.gitignore': 'static/\n',
      'apps/a/a/static/js/app.js': '',
      'apps/a/a/static/x.map': '',
    });
    const { wanted } = await staged(directory, { generated: [{ files: ['a/static/**/*.js'], by: 'bundle' }] });
    expect([...wanted].sort()).toEqual(
      ['.gitignore', 'a', 'a/__init__.py', 'a/static', 'a/static/js', 'a/static/js/app.js'].slice(1),
    );
    const all = await staged(directory, { generated: [{ files: ['a/static'], by: 'bundle' }] });
    expect(all.wanted.has('a/static/x.map')).toBe(true);
  });

  test('and are not there are an error that names the task', async () => {
    const directory = workspace({});
    const missing = { files: ['a/static/**'], by: 'bundle' };
    expect(await errorOf(() => staged(directory, { generated: [missing] }))).toBe(
      'the file `apps/a/a/static/**` of the task `bundle` does not exist\n' +
        'hint: run the target `bundle` of the project, or build with `nx run`, which runs it first',
    );
    expect(await errorOf(() => staged(directory, { generated: [{ ...missing, by: 'web:build' }] }))).toBe(
      'the file `apps/a/a/static/**` of the task `web:build` does not exist\n' +
        'hint: run `nx run web:build`, or build with `nx run`, which runs it first',
    );
  });

  test.each(['../web/dist/**', '/srv/dist', 'a/../../web'])(
    'and are outside of the project are refused: %s',
    async (glob) => {
      const directory = workspace({ 'apps/web/dist/app.js': '' });
      expect(await errorOf(() => staged(directory, { generated: [{ files: [glob], by: 'web:build' }] }))).toBe(
        `the option \`generated\` lists \`${glob}\`, which is outside the project\n` +
          'hint: the files of a wheel must be inside the project: let the task `web:build` write them there, or use a target of the project that depends on it and copies them',
      );
    },
  );
});

test('a submodule that is not checked out is an error unless the set leaves it out', async () => {
  const directory = workspace({});
  const object = '0123456789012345678901234567890123456789';
  execFileSync('git', ['update-index', '--add', '--cacheinfo', `160000,${object},apps/a/vendor`], { cwd: directory });
  expect(await errorOf(() => staged(directory))).toBe(
    '`apps/a/vendor` is a submodule that is not checked out\n' +
      'hint: run `git submodule update --init --recursive`; add what is not needed to the option `exclude`',
  );
  const { wanted } = await staged(directory, { set: { include: [], exclude: ['vendor/**'] } });
  expect([...wanted].sort()).toEqual(['a', 'a/__init__.py']);
});
