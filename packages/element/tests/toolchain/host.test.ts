import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  BubblewrapSandbox,
  BuildSession,
  coreElements,
  digestOf,
  diskDocuments,
  HostElement,
  type HostServices,
  LocalStore,
  memoryDocuments,
  PluginRegistry,
  Scheduler,
  StatMemo,
} from '@wheelhouse/element/internal';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

/** A toolchain of directories of the test's own: `tree` known by its content, `system` by the package database. */
function toolchain(): {
  readonly root: string;
  identity(verify?: boolean, services?: Pick<HostServices, 'seen' | 'background'>): Promise<string>;
} {
  const root = path();
  mkdirSync(join(root, 'tree'), { recursive: true });
  mkdirSync(join(root, 'system'));
  mkdirSync(join(root, 'project'));
  writeFileSync(join(root, 'tree/python'), 'interpreter');
  writeFileSync(join(root, 'tree/lib.py'), 'library');
  writeFileSync(join(root, 'system/header.h'), 'header');
  writeFileSync(join(root, 'project/project.conf'), 'name: test\nmin-version: 2.4\n');
  writeFileSync(
    join(root, 'project/host.bst'),
    `kind: host\nconfig:\n  directories: ["${root}/system"]\n  settings: []\n  trees: ["${root}/tree"]\n`.replace(
      'directories: [',
      'directories:\n    (=): [',
    ),
  );
  const store = LocalStore.open(join(root, 'store'));
  return {
    root,
    async identity(verify = false, services = {}) {
      const background = new Set<Promise<void>>();
      const session = await BuildSession.open(
        {
          store,
          sandbox: new BubblewrapSandbox({ store, path: process.env.PATH ?? '' }),
          listener: () => undefined,
          scheduler: new Scheduler(),
          signal: new AbortController().signal,
          retryFailed: false,
        },
        {
          documents: diskDocuments(join(root, 'project')),
          directory: join(root, 'project'),
          targets: ['host.bst'],
          registry: new PluginRegistry().register({
            elements: coreElements({ memo: (name) => store.memo(name), verify, background, ...services }),
          }),
        },
      );
      await Promise.all(background);
      const element = session.element('host.bst');
      if (!(element instanceof HostElement)) throw new Error('not a toolchain');
      return element.identityHash;
    },
  };
}

test('the identity of a toolchain stays while nothing changes', async () => {
  const host = toolchain();
  const first = await host.identity();
  expect(await host.identity()).toBe(first);
  expect(await host.identity(true)).toBe(first);
});

test('a file of the interpreter that is replaced is noticed at once, and byte code written beside it is not', async () => {
  const host = toolchain();
  const first = await host.identity();
  mkdirSync(join(host.root, 'tree/__pycache__'));
  writeFileSync(join(host.root, 'tree/__pycache__/lib.pyc'), 'code');
  expect(await host.identity()).toBe(first);
  writeFileSync(join(host.root, 'new'), 'librarY');
  utimesSync(join(host.root, 'new'), new Date(0), statSync(join(host.root, 'tree/lib.py')).mtime);
  renameSync(join(host.root, 'new'), join(host.root, 'tree/lib.py'));
  expect(await host.identity()).not.toBe(first);
});

test('a file of the interpreter that is touched without a change leaves the identity as it is', async () => {
  const host = toolchain();
  const first = await host.identity();
  utimesSync(join(host.root, 'tree/lib.py'), new Date(), new Date());
  expect(await host.identity()).toBe(first);
});

test('a file of the interpreter that is known by its stat is not read again', async () => {
  const host = toolchain();
  const first = await host.identity();
  const memo = join(host.root, 'store/memo');
  const file = join(host.root, 'tree/lib.py');
  rmSync(memo, { recursive: true });
  const digests = new StatMemo(join(memo, 'file-digests.json'), () => Date.now() + 5000);
  const stat = lstatSync(file, { bigint: true });
  digests.look(stat).learn(stat, { hash: digestOf('another').hash, sizeBytes: Number(stat.size) });
  digests.save();
  const remembered = await host.identity();
  expect(remembered).not.toBe(first);
  rmSync(memo, { recursive: true });
  expect(await host.identity()).toBe(first);
});

test.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 2.5 * 1024 * 1024])(
  'a file of %d bytes is known to its last byte',
  async (sizeBytes) => {
    const host = toolchain();
    const file = join(host.root, 'tree/libpython.a');
    const content = Buffer.alloc(sizeBytes, 'library');
    writeFileSync(file, content);
    const first = await host.identity();
    appendFileSync(file, '!');
    const longer = await host.identity();
    expect(longer).not.toBe(first);
    writeFileSync(file, Buffer.concat([content, Buffer.from('?')]));
    expect(await host.identity()).not.toBe(longer);
    writeFileSync(file, content);
    expect(await host.identity()).toBe(first);
  },
);

test('an in-place edit elsewhere is noticed by verification, stays noticed, and is over when it is undone', async () => {
  const host = toolchain();
  const first = await host.identity();
  const file = join(host.root, 'system/header.h');
  appendFileSync(file, '!');
  expect(await host.identity()).toBe(first);
  const edited = await host.identity(true);
  expect(edited).not.toBe(first);
  expect(await host.identity()).toBe(edited);
});

test('verification knows a file by its content once it has read it', async () => {
  const host = toolchain();
  const first = await host.identity(true);
  const file = join(host.root, 'system/header.h');
  const before = readFileSync(file);
  appendFileSync(file, '!');
  const edited = await host.identity(true);
  expect(edited).not.toBe(first);
  writeFileSync(file, before);
  expect(await host.identity(true)).toBe(first);
});

test('a file that is added elsewhere, or removed, is noticed by verification', async () => {
  const host = toolchain();
  const first = await host.identity();
  writeFileSync(join(host.root, 'system/more.h'), '');
  const added = await host.identity(true);
  expect(added).not.toBe(first);
  renameSync(join(host.root, 'system/header.h'), join(host.root, 'gone'));
  expect(await host.identity(true)).not.toBe(added);
});

test('a kept examination is reused, for each toolchain and each way of examining', async () => {
  const [host, other] = [toolchain(), toolchain()];
  const seen = new Map<string, string>();
  const first = await host.identity(false, { seen });
  writeFileSync(join(host.root, 'tree/lib.py'), 'another library');
  appendFileSync(join(host.root, 'system/header.h'), '!');
  expect(await host.identity(false, { seen })).toBe(first);
  expect(await host.identity(false)).not.toBe(first);
  expect(await host.identity(true, { seen })).not.toBe(first);
  expect(await other.identity(false, { seen })).not.toBe(first);
});

test('who looks without a place for the list of files leaves it to the next', async () => {
  const host = toolchain();
  const first = await host.identity(false, { background: undefined });
  const background = new Set<Promise<void>>();
  expect(await host.identity(false, { background })).toBe(first);
  expect(background.size).toBe(1);
  await Promise.all(background);
  appendFileSync(join(host.root, 'system/header.h'), '!');
  expect(await host.identity(false, { background })).toBe(first);
  expect(background.size).toBe(1);
  expect(await host.identity(true)).not.toBe(first);
});

test('without a list of files, verification starts from the files it finds', async () => {
  const host = toolchain();
  const first = await host.identity(false, { background: undefined });
  expect(await host.identity(true)).toBe(first);
  appendFileSync(join(host.root, 'system/header.h'), '!');
  expect(await host.identity(true)).not.toBe(first);
});

test('a directory with a `*` matches the existing names', async () => {
  const root = path();
  for (const name of ['share/cmake-3.25', 'share/cmake-4.0', 'share/other']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  const store = LocalStore.open(join(root, 'store'));
  const text = `kind: host\nconfig:\n  directories:\n    (=): ["${root}/share/cmake-*", "${root}/nowhere/x*"]\n  settings: []\n`;
  const session = await BuildSession.open(
    {
      store,
      sandbox: new BubblewrapSandbox({ store, path: process.env.PATH ?? '' }),
      listener: () => undefined,
      scheduler: new Scheduler(),
      signal: new AbortController().signal,
      retryFailed: false,
    },
    {
      documents: memoryDocuments(
        new Map([
          ['project.conf', 'name: test\nmin-version: 2.4\n'],
          ['host.bst', text],
        ]),
      ),
      directory: root,
      targets: ['host.bst'],
      registry: new PluginRegistry().register({
        elements: coreElements({ memo: (name) => store.memo(name), verify: false }),
      }),
    },
  );
  expect(session.element('host.bst').hostMounts()).toEqual([
    { type: 'bind', path: join(root, 'share/cmake-3.25') },
    { type: 'bind', path: join(root, 'share/cmake-4.0') },
  ]);
});
