import { createHash } from 'node:crypto';
import { mkdirSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceServices, type Source } from '@wheelhouse/element';
import { LocalStore, walkTree, toMapping } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import { type DistributionFile, fetchDistributions } from '@wheelhouse/python/fetch';
import { PackageIndex, anInterpreter, io, sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';
import { distribution, DISTRIBUTION_SERVICES } from '@wheelhouse/python-stage/internal';

let index: PackageIndex;
let interpreter: Interpreter;
beforeAll(async () => {
  index = await PackageIndex.start([
    { name: 'a', version: '1.0', format: 'wheel' },
    { name: 'b', version: '1.0', format: 'wheel' },
    { name: 'b', version: '1.0', format: 'sdist' },
  ]);
  interpreter = await anInterpreter();
  await sharedTools();
}, 120_000);
afterAll(async () => {
  await index.stop();
});

/** A store, and sources that know it. */
function setUp(): {
  store: LocalStore;
  snapshot: string;
  asked: string[][];
  source: (file: string, more?: object) => Source;
} {
  const store = LocalStore.open(temporaryDirectory());
  const snapshot = join(store.directory, 'snapshot');
  mkdirSync(snapshot);
  const asked: string[][] = [];
  const services = new SourceServices(store).bind(DISTRIBUTION_SERVICES, {
    findLinks: [snapshot],
    interpreter: (target) => (target === interpreter.tagsDigest ? interpreter : undefined),
    fetch: async (requests, wanted, destination): Promise<DistributionFile[]> => {
      asked.push(requests.map(({ name }) => name));
      const tools = await sharedTools();
      return await fetchDistributions(requests, {
        tools,
        settings: index.settings,
        environment: {},
        interpreter: wanted,
        destination,
        io,
      });
    },
  });
  const source = (file: string, more: object = {}): Source => {
    const made = distribution.create({
      identity: { kind: 'distribution', formatVersion: 1 },
      name: file,
      origin: { file: 'x.bst', line: 1, column: 0 },
      project: { name: 'x', directory: store.directory },
      directory: '.',
      services,
    });
    const hashes = [`sha256:${index.sha256(file)}`];
    const plain = { name: file.charAt(0), version: '1.0', hashes, target: interpreter.tagsDigest, ...more };
    made.configure(toMapping(plain, { file: 'x.bst', line: 1, column: 0 }));
    return made;
  };
  return { store, snapshot, asked, source };
}

async function names(store: LocalStore, source: Source): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of walkTree(store.blobs, await source.fetch(store.blobs, io))) found.push(entry.path);
  return found;
}

test('the key needs no network, and differs by format, hashes and target', () => {
  const { source } = setUp();
  const key = source('b-1.0.tar.gz').getUniqueKey();
  expect(key).toEqual({
    name: 'b',
    version: '1.0',
    hashes: [`sha256:${index.sha256('b-1.0.tar.gz')}`],
    format: 'any',
    target: interpreter.tagsDigest,
  });
  expect(source('b-1.0.tar.gz', { format: 'sdist' }).getUniqueKey()).not.toEqual(key);
  expect(source('b-1.0.tar.gz', { target: 'other' }).getUniqueKey()).not.toEqual(key);
});

test('the file comes from the index once, and from the store from then on', async () => {
  const { store, source, asked } = setUp();
  const file = 'a-1.0-py3-none-any.whl';
  expect(await source(file).consistency()).toBe('resolved');
  expect(await names(store, source(file))).toEqual([file]);
  expect(await source(file).consistency()).toBe('cached');
  expect(await names(store, source(file))).toEqual([file]);
  expect(asked).toEqual([['a']]);
});

test('the file comes from the snapshot, by its hash, without asking anybody', async () => {
  const { store, snapshot, source, asked } = setUp();
  copyFileSync(join(index.directory, 'b-1.0.tar.gz'), join(snapshot, 'b-1.0.tar.gz'));
  copyFileSync(join(index.directory, 'b-1.0-py3-none-any.whl'), join(snapshot, 'b-1.0-py3-none-any.whl'));
  const hashes = ['b-1.0.tar.gz', 'b-1.0-py3-none-any.whl'].map((file) => `sha256:${index.sha256(file)}`);
  expect(await names(store, source('b-1.0.tar.gz', { hashes }))).toEqual(['b-1.0-py3-none-any.whl']);
  expect(await names(store, source('b-1.0.tar.gz', { hashes, format: 'sdist' }))).toEqual(['b-1.0.tar.gz']);
  expect(asked).toEqual([]);
});

test('a file of the snapshot that was changed is refused where no index helps', async () => {
  const { store, snapshot, source } = setUp();
  const file = 'a-1.0-py3-none-any.whl';
  writeFileSync(join(snapshot, file), 'changed');
  const none = source(file, { version: '1.0', hashes: [`sha256:${'0'.repeat(64)}`] });
  const got = createHash('sha256').update('changed').digest('hex');
  await expect(none.fetch(store.blobs, io)).rejects.toMatchObject({
    code: 'LOCK_HASH',
    reason: `\`${file}\` in \`${snapshot}\` is not the locked file: expected \`sha256:${'0'.repeat(64)}\`, got \`sha256:${got}\``,
    hint: 'if the lock is right, remove the snapshot and run the target `snapshot` again',
  });
});

test('all that is missing is fetched at once, the same thing once', async () => {
  const { store, snapshot, source, asked } = setUp();
  copyFileSync(join(index.directory, 'b-1.0.tar.gz'), join(snapshot, 'b-1.0.tar.gz'));
  const sources = ['a-1.0-py3-none-any.whl', 'b-1.0-py3-none-any.whl', 'b-1.0.tar.gz', 'a-1.0-py3-none-any.whl'].map(
    (file) => source(file),
  );
  await sources[0]?.batch?.(sources, store.blobs, io);
  expect(asked).toEqual([['a', 'b']]);
  for (const each of sources) expect(await each.consistency()).toBe('cached');
  await sources[0]?.batch?.(sources, store.blobs, io);
  expect(asked).toEqual([['a', 'b']]);
});

test.each([
  [{ hashes: [] }, '`hashes` is empty'],
  [{ hashes: ['sha256:0'] }, '`sha256:0` is not `sha256:` and 64 hexadecimal digits'],
  [{ format: 'egg' }, '`egg` is not a distribution format'],
])('a configuration such as %j is refused', (more, reason) => {
  const { source } = setUp();
  expect(() => source('a-1.0-py3-none-any.whl', more)).toThrow(
    expect.objectContaining({ code: 'INVALID_DATA', reason }) as Error,
  );
});
