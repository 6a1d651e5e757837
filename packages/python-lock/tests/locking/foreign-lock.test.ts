import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import type { Tools } from '@wheelhouse/python/fetch';
import { PackageIndex, anInterpreter, sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';
import { readForeignLock } from '@wheelhouse/python-lock/internal';
import { AppWorkspace } from '../testing/app-workspace.js';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const COMMIT = '0123456789'.repeat(4);

function uvLock(...packages: readonly string[]): string {
  return ['version = 1', 'requires-python = ">=3.10"', '', ...packages.map((each) => `[[package]]\n${each}`)].join(
    '\n',
  );
}

function workspace(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

const FILE = (hash: string): string => `files = [{ file = "leaf-1.0.tar.gz", hash = "sha256:${hash}" }]\n`;

test.each([
  [
    'poetry.lock',
    `[[package]]\nname = "Leaf"\nversion = "1.0"\n${FILE(A)}[package.source]\ntype = "legacy"\nurl = "https://host/simple"\nreference = "own"\n` +
      `[[package]]\nname = "forked"\nversion = "2.0"\nfiles = []\n[package.source]\ntype = "git"\nurl = "https://host/forked"\nresolved_reference = "${COMMIT}"\n` +
      '[[package]]\nname = "beside"\nversion = "2.0"\nfiles = []\n[package.source]\ntype = "directory"\nurl = "../beside"\n' +
      '[metadata]\nlock-version = "2.1"\n',
  ],
  [
    'poetry.lock',
    `[[package]]\nname = "leaf"\nversion = "1.0"\n[[package]]\nname = "forked"\nversion = "2"\n[package.source]\ntype = "git"\nresolved_reference = "${COMMIT}"\n[metadata]\nlock-version = "1.1"\n[metadata.files]\nleaf = [{ file = "leaf-1.0.tar.gz", hash = "sha256:${A}" }]\n`,
  ],
  [
    'pdm.lock',
    `[metadata]\nlock_version = "4.5.0"\n[[package]]\nname = "leaf"\nversion = "1.0"\n${FILE(A)}[[package]]\nname = "forked"\nversion = "2.0"\ngit = "https://host/forked"\nrevision = "${COMMIT}"\n`,
  ],
  [
    'Pipfile.lock',
    JSON.stringify({
      default: { Leaf: { version: '==1.0', hashes: [`sha256:${A}`] }, forked: { git: 'https://host/f', ref: COMMIT } },
      develop: {},
    }),
  ],
])('%s is read as uv.lock is (%#)', (name, text) => {
  const read = readForeignLock('app', workspace({ [`app/${name}`]: text }));
  expect(read?.file).toBe(`app/${name}`);
  expect(read?.entries.map(({ origin: _, ...entry }) => entry)).toEqual([
    { normalizedName: 'leaf', version: '1.0', hashes: [`sha256:${A}`] },
  ]);
  expect([...(read?.commits ?? [])]).toEqual([['forked', COMMIT]]);
});

test.each([
  ['poetry.lock', '[metadata]\nlock-version = "3.0"\n', 2, '`lock-version` is `"3.0"`, but only `2.1` is supported'],
  ['pdm.lock', '[metadata]\nlock_version = "5"\n', 2, '`lock_version` is `"5"`, but only `4.5.0` is supported'],
])('%s of another format is refused', (name, text, line, message) => {
  expect(() => readForeignLock('app', workspace({ [`app/${name}`]: text }))).toThrow(
    `app/${name} [line ${line} column 0]: ${message}`,
  );
});

test('uv.lock is read: versions and hashes of what an index has, commits of what git has', () => {
  const directory = workspace({
    'uv.lock': uvLock(
      'name = "app"\nversion = "0.1"\nsource = { editable = "app" }\n',
      `name = "Leaf"\nversion = "1.0"\nsource = { registry = "https://host/simple" }\nsdist = { url = "https://host/leaf-1.0.tar.gz", hash = "sha256:${A}", size = 1 }\nwheels = [\n  { url = "https://host/leaf-1.0-py3-none-any.whl", hash = "sha256:${B}" },\n]\n`,
      `name = "forked"\nversion = "2.0"\nsource = { git = "https://host/forked?rev=main#${COMMIT}" }\n`,
    ),
  });
  expect(readForeignLock('app', directory)).toEqual({
    file: 'uv.lock',
    entries: [
      {
        normalizedName: 'leaf',
        version: '1.0',
        hashes: [`sha256:${A}`, `sha256:${B}`],
        origin: { file: 'uv.lock', line: 9, column: 0 },
      },
    ],
    commits: new Map([['forked', COMMIT]]),
  });
});

test('pylock.toml of the project is read before what the workspace has', () => {
  const directory = workspace({
    'uv.lock': 'no TOML at all',
    'app/pylock.toml': `lock-version = "1.0"\ncreated-by = "t"\n[[packages]]\nname = "leaf"\nversion = "1.0"\nwheels = [{ name = "leaf-1.0-py3-none-any.whl", hashes = { sha256 = "${A}" } }]\n[[packages]]\nname = "forked"\nvcs = { type = "git", url = "https://host/forked", commit-id = "${COMMIT}" }\n`,
  });
  expect(readForeignLock('app', directory)).toMatchObject({
    file: 'app/pylock.toml',
    entries: [{ normalizedName: 'leaf', version: '1.0', hashes: [`sha256:${A}`] }],
    commits: new Map([['forked', COMMIT]]),
  });
  expect(readForeignLock('app', workspace({}))).toBeUndefined();
});

test.each([
  ['version = 2\n', '[line 1 column 0]: `version` is `2`, but only `1` is supported'],
  ['[[package\n', '[line 1 column 9]: not valid TOML: '],
  [uvLock('name = "x y"\n'), '[line 4 column 0]: `name` is `"x y"`'],
  [
    uvLock('name = "x"\nversion = "1"', 'name = "y"\nversion = "one"\n'),
    '[line 7 column 0]: `version` of `y` is `"one"`',
  ],
  [
    uvLock('name = "x"\nversion = "1"\nwheels = [{ hash = "md5:00" }]\n'),
    '[line 4 column 0]: a hash of `x` is `"md5:00"`',
  ],
])('what no uv wrote is refused at its place (%#)', (text, message) => {
  let told = '';
  try {
    readForeignLock('app', workspace({ 'app/uv.lock': text }));
  } catch (error) {
    told = formatError(error as ElementError);
  }
  expect(told).toContain(`app/uv.lock ${message}`);
});

describe('a lock run', () => {
  let index: PackageIndex;
  let tools: Tools;
  let interpreter: Interpreter;
  beforeAll(async () => {
    index = await PackageIndex.start([
      ...['1.0', '1.1', '1.2'].map((version) => ({ name: 'leaf', version, format: 'wheel' }) as const),
      { name: 'other', version: '1.0', format: 'wheel' },
      { name: 'other', version: '2.0', format: 'wheel' },
      { name: 'maker', version: '1.0', format: 'wheel' },
      { name: 'hooked', version: '1.0', format: 'wheel' },
    ]);
    tools = await sharedTools();
    interpreter = await anInterpreter();
  }, 120_000);
  afterAll(async () => {
    await index.stop();
  });

  test('keeps the versions of another lock, says which it cannot keep, and checks their hashes', async () => {
    const app = new AppWorkspace({ index, tools, interpreter });
    app.app(['leaf', 'other>=2']);
    const leaf = index.sha256('leaf-1.1-py3-none-any.whl');
    const write = (hash: string): void => {
      app.write(
        'uv.lock',
        uvLock(
          `name = "leaf"\nversion = "1.1"\nwheels = [{ hash = "sha256:${A}" }, { hash = "sha256:${hash}" }]\n`,
          'name = "other"\nversion = "1.0"\n',
        ),
      );
    };
    write(leaf);
    const first = await app.lockApp({ foreign: readForeignLock('app', app.directory) });
    expect(app.pins('runtime.txt')).toEqual(['leaf==1.1', 'other==2.0']);
    expect(first.locks.test.entries[0]?.hashes).toEqual([`sha256:${leaf}`]);
    expect(first.notKept).toEqual([{ name: 'other', version: '1.0', locked: '2.0', file: 'uv.lock' }]);
    write(B);
    await expect(app.lockApp({ foreign: readForeignLock('app', app.directory) })).rejects.toMatchObject({
      code: 'LOCK_HASH',
      message: 'uv.lock [line 4 column 0]: no file of `leaf==1.1` on the index is in `uv.lock`',
    });
  }, 300_000);

  test.each<[file: string, text: (hash: string) => string]>([
    [
      'poetry.lock',
      (hash) =>
        `[[package]]\nname = "leaf"\nversion = "1.1"\nfiles = [{ file = "leaf-1.1-py3-none-any.whl", hash = "sha256:${hash}" }]\n` +
        '[metadata]\nlock-version = "2.1"\n',
    ],
    [
      'pdm.lock',
      (hash) =>
        '[metadata]\nlock_version = "4.5.0"\n' +
        `[[package]]\nname = "leaf"\nversion = "1.1"\nfiles = [{ file = "leaf-1.1-py3-none-any.whl", hash = "sha256:${hash}" }]\n`,
    ],
    [
      'Pipfile.lock',
      (hash) => JSON.stringify({ default: { leaf: { version: '==1.1', hashes: [`sha256:${hash}`] } }, develop: {} }),
    ],
  ])(
    'keeps the versions of %s',
    async (file, text) => {
      const app = new AppWorkspace({ index, tools, interpreter });
      app.app(['leaf']);
      app.write(`app/${file}`, text(index.sha256('leaf-1.1-py3-none-any.whl')));
      await app.lockApp({ foreign: readForeignLock('app', app.directory) });
      expect(app.pins('runtime.txt')).toEqual(['leaf==1.1']);
      app.write(`app/${file}`, text(B));
      await expect(app.lockApp({ foreign: readForeignLock('app', app.directory) })).rejects.toMatchObject({
        code: 'LOCK_HASH',
      });
    },
    300_000,
  );
});
