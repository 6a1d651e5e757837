import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElementError, type Digest, type Source } from '@wheelhouse/element';
import {
  digestOf,
  encodeDirectory,
  formatError,
  LocalStore,
  MemoryBlobStore,
  StatMemo,
  walkTree,
} from '@wheelhouse/element/internal';
import { openTestProject, type TestProject } from '@wheelhouse/element/testing';
import { projectDirectory } from '../load/project-directory.js';
import { resolve } from '../resolve/resolve.js';

const io = { log: { write: () => undefined }, signal: new AbortController().signal };

async function sourceOf(
  files: Readonly<Record<string, string>>,
  path: string,
): Promise<{ source: Source; directory: string }> {
  const directory = projectDirectory({
    'project.conf': 'name: test\nmin-version: 2.0\n',
    'app.bst': `kind: import\nsources:\n- kind: local\n  path: ${path}\n`,
    ...files,
  });
  return { directory, source: await again(directory) };
}

async function again(directory: string): Promise<Source> {
  const source = (await resolve(directory, ['app.bst'])).targets[0]?.sources[0];
  if (source === undefined) throw new Error('no source');
  return source;
}

async function keyOf(source: Source): Promise<unknown> {
  expect(await source.consistency()).toBe('cached');
  return source.getUniqueKey();
}

async function entries(blobs: MemoryBlobStore, tree: Digest): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of walkTree(blobs, tree)) {
    const what =
      entry.type === 'file'
        ? entry.isExecutable
          ? ' 755'
          : ' 644'
        : entry.type === 'symlink'
          ? ` -> ${entry.target}`
          : '/';
    found.push(entry.path + what);
  }
  return found;
}

describe('a local source', () => {
  it('is the tree of its directory: modes 755 or 644, links as they are', async () => {
    const { source, directory } = await sourceOf({ 'files/b/run': 'x', 'files/a': 'y' }, 'files');
    chmodSync(join(directory, 'files/b/run'), 0o700);
    chmodSync(join(directory, 'files/a'), 0o606);
    symlinkSync('../nowhere', join(directory, 'files/link'));
    mkdirSync(join(directory, 'files/empty'));
    const key = await keyOf(source);
    const blobs = new MemoryBlobStore();
    const tree = await source.fetch(blobs, io);
    expect({ ...tree }).toEqual(key);
    expect(await entries(blobs, tree)).toEqual(['a 644', 'link -> ../nowhere', 'b/', 'b/run 755', 'empty/']);
  });

  it('is a single file under its own name', async () => {
    const { source } = await sourceOf({ 'files/one.txt': 'one', 'files/two.txt': 'two' }, 'files/one.txt');
    const tree = digestOf(
      encodeDirectory({
        files: [{ name: 'one.txt', digest: digestOf('one'), isExecutable: false }],
        directories: [],
        symlinks: [],
      }),
    );
    expect(await keyOf(source)).toEqual({ ...tree });
    const blobs = new MemoryBlobStore();
    expect(await source.fetch(blobs, io)).toEqual(tree);
    expect(await entries(blobs, tree)).toEqual(['one.txt 644']);
  });

  it('has another key after any change that reaches the tree, and no other after one that does not', async () => {
    const { source, directory } = await sourceOf({ 'files/a': 'y' }, 'files');
    const keys = [await keyOf(source)];
    chmodSync(join(directory, 'files/a'), 0o600);
    expect(await keyOf(await again(directory))).toEqual(keys[0]);
    const change = async (action: () => void): Promise<void> => {
      action();
      const key = await keyOf(await again(directory));
      expect(keys).not.toContainEqual(key);
      keys.push(key);
    };
    await change(() => {
      writeFileSync(join(directory, 'files/a'), 'z');
    });
    await change(() => {
      chmodSync(join(directory, 'files/a'), 0o755);
    });
    await change(() => {
      mkdirSync(join(directory, 'files/empty'));
    });
    await change(() => {
      symlinkSync('a', join(directory, 'files/b'));
    });
  });

  /** What is said when `edit` happens between being looked at and being fetched. */
  async function edited(path: string, edit: (directory: string) => void): Promise<string> {
    const { source, directory } = await sourceOf({ 'files/a': 'y', 'files/deep/b': 'z', 'files/one.txt': '1' }, path);
    symlinkSync('a', join(directory, 'files/link'));
    await source.consistency();
    const key = source.getUniqueKey();
    edit(directory);
    const error = await source.fetch(new MemoryBlobStore(), io).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(source.getUniqueKey()).toEqual(key);
    return error instanceof ElementError ? formatError(error) : 'no error';
  }

  it.each<[string, string, (directory: string) => void, string]>([
    [
      'content',
      'files',
      (at) => {
        writeFileSync(join(at, 'files/a'), 'other');
      },
      '`a` (content)',
    ],
    [
      'content of the same length',
      'files',
      (at) => {
        writeFileSync(join(at, 'files/a'), 'Y');
      },
      '`a` (content)',
    ],
    [
      'mode',
      'files',
      (at) => {
        chmodSync(join(at, 'files/deep/b'), 0o755);
      },
      '`deep/b` (mode)',
    ],
    [
      'a file more',
      'files',
      (at) => {
        writeFileSync(join(at, 'files/deep/c'), '');
      },
      '`deep/c` (added)',
    ],
    [
      'a directory more',
      'files',
      (at) => {
        mkdirSync(join(at, 'files/new'));
      },
      '`new` (added)',
    ],
    [
      'a file less',
      'files',
      (at) => {
        rmSync(join(at, 'files/a'));
      },
      '`a` (removed)',
    ],
    [
      'a directory less',
      'files',
      (at) => {
        rmSync(join(at, 'files/deep'), { recursive: true });
      },
      '`deep` (removed)',
    ],
    [
      'target of a link',
      'files',
      (at) => {
        rmSync(join(at, 'files/link'));
        symlinkSync('deep', join(at, 'files/link'));
      },
      '`link` (link target)',
    ],
    [
      'type',
      'files',
      (at) => {
        rmSync(join(at, 'files/a'));
        mkdirSync(join(at, 'files/a'));
      },
      '`a` (type)',
    ],
    [
      'several files',
      'files',
      (at) => {
        for (const name of ['1', '2', '3', '4', '5', '6', '7']) writeFileSync(join(at, 'files', name), '');
      },
      '`1` (added), `2` (added), `3` (added), `4` (added), `5` (added), 2 more',
    ],
    [
      'the directory itself',
      'files',
      (at) => {
        rmSync(join(at, 'files'), { recursive: true });
      },
      '`a` (removed), `deep` (removed), `link` (removed), `one.txt` (removed)',
    ],
    [
      'content of a single file',
      'files/one.txt',
      (at) => {
        writeFileSync(join(at, 'files/one.txt'), '2');
      },
      '`one.txt` (content)',
    ],
    [
      'a single file',
      'files/one.txt',
      (at) => {
        rmSync(join(at, 'files/one.txt'));
      },
      '`one.txt` (removed)',
    ],
  ])('that changes between being looked at and being fetched is an error: %s', async (_what, path, edit, changes) => {
    expect(await edited(path, edit)).toBe(
      `app.bst [line 3 column 2]: \`${path}\` was changed during the build: ${changes}\nhint: nothing was recorded; build again`,
    );
  });

  it('is fetched as it was seen where only what is beside it changes', async () => {
    expect(
      await edited('files/one.txt', (at) => {
        rmSync(join(at, 'files/a'));
      }),
    ).toBe('no error');
  });

  it('that holds what a tree cannot hold is an error at its place', async () => {
    const { source, directory } = await sourceOf({ 'files/a': 'y' }, 'files');
    execFileSync('mkfifo', [join(directory, 'files/pipe')]);
    await expect(source.consistency()).rejects.toThrow(
      /^app\.bst \[line 3 column 2\]: files: `pipe` is a fifo, which a tree cannot contain$/,
    );
  });

  it('takes what is remembered of files for its key, and reads them when it is fetched', async () => {
    const root = mkdtempSync(join(tmpdir(), 'wheelhouse-local-'));
    const directory = projectDirectory({
      'project.conf': 'name: test\nmin-version: 2.0\n',
      'app.bst': 'kind: import\nsources:\n- kind: local\n  path: files\n',
      'files/a': 'y',
    });
    const store = LocalStore.open(root);
    const project = (): Promise<TestProject> => openTestProject({ directory, store, targets: ['app.bst'] });
    const key = (await project()).keyOf('app.bst');
    // Written a moment ago, it is not remembered.
    expect(existsSync(store.memo('file-digests'))).toBe(false);

    const memo = new StatMemo(store.memo('file-digests'), () => Date.now() + 5000);
    const stat = lstatSync(join(directory, 'files/a'), { bigint: true });
    memo.look(stat).learn(stat, digestOf('x'));
    memo.save();
    const deceived = await project();
    expect(deceived.keyOf('app.bst')).not.toBe(key);
    await expect(deceived.build()).rejects.toThrow(
      /^app\.bst \[line 3 column 2\]: `files` was changed during the build: `a` \(content\)$/,
    );
    const next = await project();
    expect(next.keyOf('app.bst')).toBe(key);
    await next.build();
    expect(await next.readArtifact('app.bst', 'a')).toBe('y');
    rmSync(root, { recursive: true });
  });

  it('does not answer before it was looked at', async () => {
    const { source } = await sourceOf({ 'files/a': 'y' }, 'files');
    expect(() => source.getUniqueKey()).toThrow('app.bst sources[0]: its key was requested before its files were read');
  });
});
