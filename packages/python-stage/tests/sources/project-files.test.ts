import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ElementError, SourceServices, type Source } from '@wheelhouse/element';
import { formatError, MemoryBlobStore, toMapping, walkTree } from '@wheelhouse/element/internal';
import { io, temporaryDirectory } from '@wheelhouse/python/testing';
import { projectFilesKind } from '@wheelhouse/python-stage/internal';

const PLACE = { file: 'app/wheel.bst', line: 4, column: 2 };

/** A workspace with one project, and the source of its wheel. */
function workspace({ git }: { readonly git: boolean }): { readonly project: string; readonly source: Source } {
  const directory = temporaryDirectory();
  const project = join(directory, 'app');
  const files = { 'pyproject.toml': '[project]\n', 'app/__init__.py': 'X = 1\n', 'app/run': '', 'tests/test_a.py': '' };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  symlinkSync('__init__.py', join(project, 'app/link.py'));
  if (git) {
    writeFileSync(join(directory, '.gitignore'), '*.log\n');
    execFileSync('git', ['init', '-q'], { cwd: directory });
    execFileSync('git', ['add', '-A'], { cwd: directory });
  }
  const source = projectFilesKind.create({
    identity: { kind: 'project-files', formatVersion: 1 },
    name: 'app/wheel.bst sources[0]',
    origin: PLACE,
    project: { name: 'workspace', directory },
    directory: '.',
    services: new SourceServices(),
  });
  source.configure(toMapping({ kind: 'project-files', path: 'app', include: [], exclude: ['tests/**'] }, PLACE));
  return { project, source };
}

/** What is said when `edit` happens between the key and the fetch; the files otherwise. */
async function edited(git: boolean, edit: (project: string) => void): Promise<string> {
  const { project, source } = workspace({ git });
  await source.consistency();
  const key = source.getUniqueKey();
  edit(project);
  const blobs = new MemoryBlobStore();
  try {
    const tree = await source.fetch(blobs, io);
    const paths: string[] = [];
    for await (const { path } of walkTree(blobs, tree)) paths.push(path);
    return paths.join(' ');
  } catch (error) {
    expect(source.getUniqueKey()).toEqual(key);
    if (!(error instanceof ElementError)) throw error;
    return formatError(error);
  }
}

describe.each([
  ['in a repository of git', true],
  ['without git', false],
])('the files of a project %s', (_where, git) => {
  it.each<[string, (project: string) => void, string]>([
    [
      'content',
      (at) => {
        writeFileSync(join(at, 'app/__init__.py'), 'X = 2\n');
      },
      '`app/__init__.py` (content)',
    ],
    [
      'mode',
      (at) => {
        chmodSync(join(at, 'app/run'), 0o755);
      },
      '`app/run` (mode)',
    ],
    [
      'a file more',
      (at) => {
        writeFileSync(join(at, 'app/more.py'), '');
      },
      '`app/more.py` (added)',
    ],
    [
      'a file less',
      (at) => {
        rmSync(join(at, 'app/run'));
      },
      '`app/run` (removed)',
    ],
    [
      'target of a link',
      (at) => {
        rmSync(join(at, 'app/link.py'));
        symlinkSync('run', join(at, 'app/link.py'));
      },
      '`app/link.py` (link target)',
    ],
  ])('that change after the key was made are an error: %s', async (_what, edit, changes) => {
    expect(await edited(git, edit)).toBe(
      `app/wheel.bst [line 4 column 2]: \`app\` was changed during the build: ${changes}\nhint: nothing was recorded; build again`,
    );
  });

  it('may change if they are not sources', async () => {
    const same = await edited(git, () => undefined);
    expect(same).toContain('app/__init__.py');
    expect(
      await edited(git, (at) => {
        writeFileSync(join(at, 'tests/test_a.py'), 'x');
      }),
    ).toBe(same);
    if (git)
      expect(
        await edited(git, (at) => {
          writeFileSync(join(at, 'build.log'), 'x');
        }),
      ).toBe(same);
  });
});
