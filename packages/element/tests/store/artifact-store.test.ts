import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest, Key } from '@wheelhouse/element';
import {
  digestOf,
  DiskArtifactStore,
  DiskBlobStore,
  emptyTree,
  encodeDirectory,
  LayeredArtifactStore,
  LayeredBlobStore,
  MemoryArtifactStore,
  MemoryBlobStore,
  VerifyingBlobStore,
  writeBlob,
  writeTree,
  type ArtifactRecord,
} from '@wheelhouse/element/internal';
import { formatRecord } from '../../src/store/record-text.js';
import { artifactStoreContract, type StoresUnderTest } from '@wheelhouse/element/testing';
import { startChild } from '../support/child.js';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();
const key = digestOf('key').hash as Key;

function onDisk(directory = fresh()): { artifacts: DiskArtifactStore; blobs: DiskBlobStore } {
  const blobs = new DiskBlobStore(directory);
  return { blobs, artifacts: new DiskArtifactStore(directory, blobs) };
}

function recordOf(changes: Partial<ArtifactRecord> = {}): ArtifactRecord {
  const tree = digestOf('');
  return {
    key,
    element: 'a.bst',
    kind: 'stack',
    exitCode: 0,
    tree,
    dependencies: [],
    started: 1,
    elapsed: 2,
    ...changes,
  };
}

describe.each([
  ['DiskArtifactStore', () => onDisk()],
  ['DiskArtifactStore over blobs in memory', () => overMemory((blobs) => new DiskArtifactStore(fresh(), blobs))],
  ['MemoryArtifactStore', () => overMemory((blobs) => new MemoryArtifactStore(blobs))],
  ['DiskArtifactStore over verified blobs', overVerified],
  ['LayeredArtifactStore of a disk and memory', layered],
])('%s', (_name, make) => {
  for (const { name, run } of artifactStoreContract(make)) test(name, run);
});

function overMemory<T>(make: (blobs: MemoryBlobStore) => T): { artifacts: T; blobs: MemoryBlobStore } {
  const blobs = new MemoryBlobStore();
  return { blobs, artifacts: make(blobs) };
}

function overVerified(): StoresUnderTest {
  const directory = fresh();
  const blobs = new VerifyingBlobStore(new DiskBlobStore(directory));
  return { blobs, artifacts: new DiskArtifactStore(directory, blobs) };
}

function layered(): StoresUnderTest {
  const directory = fresh();
  const far = new MemoryBlobStore();
  const blobs = new LayeredBlobStore(new DiskBlobStore(directory), far);
  const near = new DiskArtifactStore(directory, blobs);
  return { blobs, artifacts: new LayeredArtifactStore(near, new MemoryArtifactStore(far)) };
}

describe('DiskArtifactStore', () => {
  test('a record is a file of two lines of JSON named for its key, and nothing else is left', async () => {
    const directory = fresh();
    const { artifacts } = onDisk(directory);
    await artifacts.put(key, recordOf());
    const path = join(directory, 'artifacts', key.slice(0, 2), `${key}.json`);
    expect(artifacts.pathOf(key)).toBe(path);
    const { dependencies, inputs, host, ...core } = recordOf();
    const [first = '', second = '', ...rest] = readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(first)).toEqual({
      ...core,
      details: ['dependencies', ...(inputs === undefined ? [] : ['inputs']), ...(host === undefined ? [] : ['host'])],
      bytes: Buffer.byteLength(second),
    });
    expect([JSON.parse(second), rest]).toEqual([{ dependencies, inputs, host }, ['']]);
    await artifacts.put(key, recordOf({ started: 2 }));
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['half a record', formatRecord(recordOf()).slice(0, 100)],
    ['other JSON', '[]\n{}\n'],
    ['the record of another key', formatRecord(recordOf({ key: digestOf('other').hash as Key }))],
    ['a record without a tree', formatRecord(recordOf({ tree: undefined as unknown as Digest }))],
    ['a record with a digest that is none', formatRecord(recordOf({ log: { hash: '../../etc', sizeBytes: 1 } }))],
  ])('a file with %s is not a record, and the next put replaces it', async (_what, text) => {
    const { artifacts } = onDisk();
    mkdirSync(dirname(artifacts.pathOf(key)), { recursive: true });
    writeFileSync(artifacts.pathOf(key), text);
    expect(await artifacts.get(key)).toBeUndefined();
    expect(await artifacts.put(key, recordOf())).toEqual(recordOf());
    expect(await artifacts.get(key)).toEqual(recordOf());
  });

  test('details that are damaged are an error when they are asked for', async () => {
    const { artifacts } = onDisk();
    await artifacts.put(key, recordOf());
    const path = artifacts.pathOf(key);
    const [first = '', second = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n${'\0'.repeat(second.length)}\n`);
    const found = await artifacts.get(key);
    expect(found?.tree).toEqual(recordOf().tree);
    expect(() => found?.dependencies).toThrow(
      expect.objectContaining({
        code: 'STORE',
        message: `the record of \`${key}\` is damaged`,
        hint: 'remove it from the store; what it is of is built again',
      }) as Error,
    );
  });

  test('a record that a power cut truncated anywhere, or left empty, is not a record', async () => {
    const { artifacts } = onDisk();
    await artifacts.put(key, recordOf());
    const path = artifacts.pathOf(key);
    const whole = readFileSync(path, 'utf8');
    const lengths = Array.from({ length: whole.trimEnd().length }, (_, length) => length);
    for (const text of [...lengths.map((length) => whole.slice(0, length)), '\0'.repeat(whole.length)]) {
      writeFileSync(path, text);
      expect(await artifacts.get(key)).toBeUndefined();
    }
    expect(await artifacts.put(key, recordOf())).toEqual(recordOf());
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  test('a record whose directory blob is damaged is not a record, and a build of the same tree repairs it', async () => {
    const { artifacts, blobs } = onDisk();
    const tree = emptyTree();
    tree.symlinks.set('s', { name: 's', target: 'one' });
    const digest = await writeTree(blobs, tree);
    const record = recordOf({ tree: digest });
    await artifacts.put(key, record);
    const damaged = encodeDirectory({ files: [], directories: [], symlinks: [{ name: 's', target: 'two' }] });
    expect(damaged).toHaveLength(digest.sizeBytes);
    writeFileSync(blobs.pathOf(digest), damaged);
    expect(await artifacts.get(key)).toBeUndefined();
    await writeTree(blobs, tree);
    expect(await artifacts.get(key)).toEqual(record);
  });

  test('many puts at once in place of an invalid record: one wins, and all return it', async () => {
    const { artifacts } = onDisk();
    mkdirSync(dirname(artifacts.pathOf(key)), { recursive: true });
    writeFileSync(artifacts.pathOf(key), '{');
    const given = await Promise.all(
      Array.from({ length: 5 }, (_, elapsed) => artifacts.put(key, recordOf({ elapsed }))),
    );
    const standing = await artifacts.get(key);
    expect(standing).toBeDefined();
    for (const one of given) expect(one).toEqual(standing);
  });

  test('a tree of five thousand files is looked through at every get', async () => {
    const { artifacts, blobs } = onDisk();
    const tree = emptyTree();
    for (let index = 0; index < 50; index++) {
      const child = emptyTree();
      for (let file = 0; file < 100; file++) {
        const digest = await writeBlob(blobs, `${index}/${file}`);
        child.files.set(String(file), { name: String(file), digest, isExecutable: false });
      }
      tree.directories.set(String(index), child);
    }
    const record = recordOf({ tree: await writeTree(blobs, tree) });
    await artifacts.put(key, record);
    const started = performance.now();
    expect(await artifacts.get(key)).toEqual(record);
    // Tens of milliseconds where nothing else runs.
    expect(performance.now() - started).toBeLessThan(2000);
    writeFileSync(blobs.pathOf(digestOf('49/99')), '');
    expect(await artifacts.get(key)).toBeUndefined();
  });
});

describe('processes that share a DiskArtifactStore', () => {
  test.each([
    ['nothing is there', undefined],
    ['what is there is no record', '{'],
  ])('two writers of one record where %s: one wins, and both are given it', async (_what, before) => {
    const directory = fresh();
    const { artifacts } = onDisk(directory);
    if (before !== undefined) {
      mkdirSync(dirname(artifacts.pathOf(key)), { recursive: true });
      writeFileSync(artifacts.pathOf(key), before);
    }
    const children = [1, 2].map((started) =>
      startChild('store-child.ts', ['put', directory, JSON.stringify(recordOf({ started }))]),
    );
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.tell('go');
    const given = [];
    for (const child of children) given.push(JSON.parse(await child.line()));
    for (const child of children) expect(await child.ended).toBe(0);
    expect(given[0]).toEqual(given[1]);
    expect(await artifacts.get(key)).toEqual(given[0]);
    expect(existsSync(join(directory, 'tmp')) ? readdirSync(join(directory, 'tmp')) : []).toEqual([]);
  });
});
