import type { BlobStore, Digest, Json, Key, SourceFacts } from '@wheelhouse/element';
import {
  documentOf,
  emptyTree,
  explainKey,
  keyOf,
  LocalStore,
  MemoryBlobStore,
  readKeyDocument,
  textOfChange,
  writeBlob,
  writeTree,
  type KeyedElement,
  type KeyedElements,
} from '@wheelhouse/element/internal';
import { DpkgSystem } from '../support/dpkg-system.js';
import { packagesSource } from '../support/packages.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();
const KIND = { kind: 'manual', formatVersion: 1, defaults: 'a', origin: null };
const SOURCE_KIND = { kind: 'local', formatVersion: 1, defaults: null, origin: null };

/** Elements that are known by nothing but their inputs. */
class Known implements KeyedElements {
  private readonly elements = new Map<Key, KeyedElement>();

  add(
    name: string,
    {
      inputs = {},
      sources = [],
      blobs = new MemoryBlobStore(),
      on = [],
      kind = 'manual',
    }: {
      readonly inputs?: Readonly<Record<string, Json>>;
      readonly sources?: readonly (SourceFacts & { readonly key: Json })[];
      readonly blobs?: BlobStore;
      readonly on?: readonly (readonly [name: string, key: Key])[];
      readonly kind?: string;
    } = {},
  ): Key {
    const whole = {
      format: 2,
      kind: { ...KIND, kind },
      plugin: {},
      variables: {},
      environment: {},
      public: {},
      sources: sources.map(({ key }) => ({ kind: SOURCE_KIND, directory: '.', key })),
      dependencies: on.map(([, key]) => key),
      platform: {},
      rules: { sandbox: 1, staging: 1 },
      ...inputs,
    } as const;
    const key = keyOf(whole);
    const dependencies = on.map(([name, key]) => ({ name, key }));
    const known = sources.map(({ key: _, ...facts }) => ({ facts, blobs }));
    this.elements.set(key, { name, kind, key, inputs: whole, dependencies, sources: known });
    return key;
  }

  find(key: Key): Promise<KeyedElement | undefined> {
    return Promise.resolve(this.elements.get(key));
  }
}

async function causes(known: Known, before: Key, after: Key, there: KeyedElements = known): Promise<string[]> {
  const found = await explainKey('app.bst', { key: before, elements: there }, { key: after, elements: known });
  return found.map(({ change, path: at, others }) => `${at.join(' > ')}: ${textOfChange(change)} (${others})`);
}

/** What is said if inputs change so. */
async function said(before: Readonly<Record<string, Json>>, after: Readonly<Record<string, Json>>): Promise<string[]> {
  const known = new Known();
  return await causes(known, known.add('app.bst', { inputs: before }), known.add('app.bst', { inputs: after }));
}

async function tree(blobs: BlobStore, files: Readonly<Record<string, string>>): Promise<Digest> {
  const root = emptyTree();
  for (const [name, text] of Object.entries(files)) {
    root.files.set(name, { name, digest: await writeBlob(blobs, text), isExecutable: false });
  }
  return await writeTree(blobs, root);
}

const RULES = { sandbox: 1, staging: 1 };

test.each<[string, Readonly<Record<string, Json>>, Readonly<Record<string, Json>>, string]>([
  ['the form of keys', { format: 2 }, { format: 3 }, "Wheelhouse's own version of keys: `2` -> `3`"],
  [
    'the rules of the sandbox',
    {},
    { rules: { ...RULES, sandbox: 2 } },
    "Wheelhouse's own version of the rules of the sandbox: `1` -> `2`",
  ],
  ['the version of a kind', {}, { kind: { ...KIND, formatVersion: 2 } }, 'version of the kind `manual`: `1` -> `2`'],
  ['the defaults of a kind', {}, { kind: { ...KIND, defaults: 'b' } }, 'defaults of the kind `manual`: changed'],
  ['the plugin of a kind', {}, { kind: { ...KIND, origin: 'b' } }, 'plugin of the kind `manual`: changed'],
  ['an input of a later version', {}, { colour: 'red' }, 'configuration `colour`: added (`red`)'],
  [
    'what is far into a long text',
    { plugin: { command: `${'x'.repeat(90)} one` } },
    { plugin: { command: `${'x'.repeat(90)} two` } },
    'configuration `command`: `...xxxxxxxxxxxxxxxxxxxxxxx one` -> `...xxxxxxxxxxxxxxxxxxxxxxx two`',
  ],
  [
    'what contains a variable',
    { variables: { root: '/a', bin: '/a/bin' }, plugin: { commands: ['x /a/bin /a', 'y'] } },
    { variables: { root: '/b', bin: '/b/bin' }, plugin: { commands: ['x /b/bin /b', 'y'] } },
    'variable `root`: `/a` -> `/b`',
  ],
])('%s is named', async (_what, before, after, text) => {
  expect(await said(before, after)).toEqual([`app.bst: ${text} (0)`]);
});

test('the name of an element is named only if nothing else differs', async () => {
  const then = { variables: { 'element-name': 'env/1.bst', root: '/build/env/1.bst' } };
  const now = { variables: { 'element-name': 'env/2.bst', root: '/build/env/2.bst' } };
  expect(await said(then, now)).toEqual(['app.bst: variable `element-name`: `env/1.bst` -> `env/2.bst` (0)']);
  expect(await said(then, { ...now, environment: { X: 'y' } })).toEqual([
    'app.bst: environment variable `X`: added (`y`) (0)',
  ]);
});

test('a value that contains a variable and differs in something else is named, too', async () => {
  const then = { variables: { root: '/a' }, plugin: { commands: ['x /a'] } };
  const now = { variables: { root: '/b' }, plugin: { commands: ['x -v /b'] } };
  expect(await said(then, now)).toEqual([
    'app.bst: variable `root`: `/a` -> `/b` (0)',
    'app.bst: configuration `commands[0]`: `x /a` -> `x -v /b` (0)',
  ]);
});

test('the order of dependencies is named if it is all that differs', async () => {
  const known = new Known();
  const [one, two] = [known.add('a.bst'), known.add('b.bst', { inputs: { public: { x: '1' } } })];
  const before = known.add('app.bst', {
    on: [
      ['a.bst', one],
      ['b.bst', two],
    ],
  });
  const after = known.add('app.bst', {
    on: [
      ['b.bst', two],
      ['a.bst', one],
    ],
  });
  expect(await causes(known, before, after)).toEqual(['app.bst: order of dependencies: changed (0)']);
});

test('a host toolchain says that it is the machine', async () => {
  const known = new Known();
  const before = known.add('host.bst', { kind: 'host', inputs: { plugin: { host: 'a' } } });
  const after = known.add('host.bst', { kind: 'host', inputs: { plugin: { host: 'b' } } });
  expect(await causes(known, before, after)).toEqual([
    'app.bst: package database, settings or interpreter of this machine: changed (0)',
  ]);
});

test('the cause is what a dependency differs by, said once, and by the shortest way', async () => {
  const known = new Known();
  const version = (number: string): Key => {
    const six = known.add(`six-${number}-0123456789ab.bst`, {
      sources: [{ label: 'six', version: number, key: { version: number } }],
    });
    const env = known.add(`env/${number.replace('.', '')}123456789ab.bst`, { on: [['six.bst', six]] });
    return known.add('app.bst', {
      on: [
        ['env/1.bst', env],
        [`six-${number}-0123456789ab.bst`, six],
      ],
    });
  };
  expect(await causes(known, version('1.0'), version('2.0'))).toEqual([
    'app.bst > six-2.0-0123456789ab.bst: local `six`: `1.0` -> `2.0` (0)',
  ]);
});

test('dependencies that are new or gone are named, and one without a record is said to be unknown', async () => {
  const known = new Known();
  const [old, young, other] = [
    known.add('old.bst'),
    known.add('young.bst', { inputs: { public: { y: '1' } } }),
    known.add('other.bst', { inputs: { public: { z: '1' } } }),
  ];
  const before = known.add('app.bst', {
    on: [
      ['old.bst', old],
      ['other.bst', 'f'.repeat(64) as Key],
    ],
  });
  const after = known.add('app.bst', {
    on: [
      ['young.bst', young],
      ['other.bst', other],
    ],
  });
  expect(await causes(known, before, after)).toEqual([
    'app.bst: dependency `young.bst`: added (0)',
    'app.bst: dependency `old.bst`: removed (0)',
    'app.bst > other.bst: element `other.bst`: nothing is known of its inputs, since its record does not exist any more (0)',
  ]);
});

describe('files of sources', () => {
  async function sources(): Promise<{ known: Known; blobs: MemoryBlobStore; before: Key; after: Key }> {
    const [known, blobs] = [new Known(), new MemoryBlobStore()];
    const element = async (files: Readonly<Record<string, string>>): Promise<Key> => {
      const digest = await tree(blobs, files);
      return known.add('app.bst', { sources: [{ label: 'src', tree: digest, key: digest.hash }], blobs });
    };
    const before = await element({ a: 'a', b: 'b' });
    return { known, blobs, before, after: await element({ b: 'c', d: 'd' }) };
  }

  test('are named where the trees are kept, and where another machine has written them down', async () => {
    const { known, before, after } = await sources();
    const lines = ['`src/a`: removed', '`src/b`: changed', '`src/d`: added'].map((each) => `app.bst: file ${each} (0)`);
    expect(await causes(known, before, after)).toEqual(lines);
    const text = JSON.stringify(await documentOf(new Map([['app.bst', before]]), known));
    const there = await readKeyDocument(text, 'theirs.json');
    expect([...there.targets]).toEqual([['app.bst', before]]);
    expect(await causes(known, before, after, there)).toEqual(lines);
  });

  test('are not where a tree is gone: its digest is', async () => {
    const { known, before, after } = await sources();
    const document = await documentOf(new Map([['app.bst', before]]), known);
    const there = await readKeyDocument(JSON.stringify({ ...document, directories: {} }), 'theirs.json');
    expect(await causes(known, before, after, there)).toEqual([
      expect.stringMatching(
        /^app\.bst: files of `src`: `sha256:[0-9a-f]{64}\/\d+` -> `sha256:[0-9a-f]{64}\/\d+`, but the trees to compare are not in the store \(0\)$/,
      ),
    ]);
  });

  test.each([
    ['no JSON', 'x'],
    ['another document', '{"format": "wheelhouse-keys-2"}'],
    [
      'a directory that is not what its digest says',
      `{"format": "wheelhouse-keys-1", "targets": {}, "elements": {}, "directories": {"${'0'.repeat(64)}": "eA=="}}`,
    ],
  ])('are not read from %s', async (_what, text) => {
    await expect(readKeyDocument(text, 'theirs.json')).rejects.toMatchObject({
      code: 'USAGE',
      reason: '`theirs.json` is not a file of keys',
      hint: 'write it on the other machine with `wheelhouse why TARGET --export FILE`',
    });
  });
});

describe('packages of a toolchain', () => {
  async function captured(root: string, store: string): Promise<SourceFacts & { readonly key: Json }> {
    const source = packagesSource(store, { packages: ['gcc', 'bash'] }, { root });
    await source.consistency();
    return { ...source.describe(), key: source.getUniqueKey() };
  }

  async function compared(change: (system: DpkgSystem) => void): Promise<string[]> {
    const [root, store] = [path(), path()];
    const system = new DpkgSystem(root)
      .install('gcc', { version: '12.2', files: { '/usr/bin/gcc': 'gcc 12' } })
      .install('bash', { version: '5.2', files: { '/usr/bin/bash': 'bash', '/usr/lib/bash.conf': 'old' } });
    const known = new Known();
    const { blobs } = LocalStore.open(store);
    const before = known.add('toolchain.bst', { sources: [await captured(root, store)], blobs });
    change(system);
    const after = known.add('toolchain.bst', { sources: [await captured(root, store)], blobs });
    return await causes(known, before, after);
  }

  test('are named with their versions', async () => {
    expect(
      await compared((system) => system.install('gcc', { version: '13.1', files: { '/usr/bin/gcc': 'gcc 13' } })),
    ).toEqual(['app.bst: package `gcc:amd64`: `12.2` -> `13.1` (0)']);
  });

  test('are named with the files that differ if the versions are the same', async () => {
    expect(
      await compared((system) =>
        system.install('bash', { version: '5.2', files: { '/usr/bin/bash': 'bash', '/usr/lib/bash.conf': 'new' } }),
      ),
    ).toEqual(['app.bst: file `/usr/lib/bash.conf` of package `bash:amd64` 5.2: changed (0)']);
  });

  test('are named if another one is needed', async () => {
    expect(
      await compared((system) =>
        system
          .install('libgcc', { version: '13.1', files: { '/usr/lib/libgcc.so': 'lib' } })
          .install('gcc', { version: '12.2', fields: { Depends: 'libgcc' }, files: { '/usr/bin/gcc': 'gcc 12' } }),
      ),
    ).toEqual(['app.bst: package `libgcc:amd64`: added (`13.1`) (0)']);
  });
});
