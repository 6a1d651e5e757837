import { deepStrictEqual, strictEqual } from 'node:assert';
import { digestOf } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord, ArtifactStore, Key } from '../plugin/ports.js';
import { emptyTree, writeBlob, writeTree } from '../cas/tree.js';
import type { ContractCase } from './contract-case.js';

/** An artifact store with nothing in it, and where it looks for blobs. */
export interface StoresUnderTest {
  readonly artifacts: ArtifactStore;
  readonly blobs: BlobStore;
}

/** What every {@link ArtifactStore} must do. @param make gives empty stores each time it is called */
export function artifactStoreContract(make: () => StoresUnderTest | Promise<StoresUnderTest>): readonly ContractCase[] {
  return [
    {
      name: 'a key that was never written has no record',
      run: async (): Promise<void> => {
        const { artifacts } = await make();
        strictEqual(await artifacts.get(keyOf('never')), undefined);
      },
    },
    {
      name: 'a record is read as it was written',
      run: async (): Promise<void> => {
        const { artifacts, blobs } = await make();
        const record = await someRecord(blobs, 'whole');
        deepStrictEqual(await artifacts.put(record.key, record), record);
        deepStrictEqual(await artifacts.get(record.key), record);
      },
    },
    {
      name: 'a record with only the required fields is read as it was written',
      run: async (): Promise<void> => {
        const { artifacts } = await make();
        const record: ArtifactRecord = {
          key: keyOf('small'),
          element: 'small.bst',
          kind: 'stack',
          exitCode: 0,
          tree: digestOf(''),
          dependencies: [],
          started: 0,
          elapsed: 0,
        };
        deepStrictEqual(await artifacts.put(record.key, record), record);
        deepStrictEqual(await artifacts.get(record.key), record);
      },
    },
    {
      name: 'the first record of a key is kept, and the second put returns it',
      run: async (): Promise<void> => {
        const { artifacts, blobs } = await make();
        const first = await someRecord(blobs, 'twice');
        const second = { ...first, started: first.started + 1 };
        deepStrictEqual(await artifacts.put(first.key, first), first);
        deepStrictEqual(await artifacts.put(first.key, second), first);
        deepStrictEqual(await artifacts.get(first.key), first);
      },
    },
    {
      name: 'the record of a failure is replaced by any later one, and that of a success by none',
      run: async (): Promise<void> => {
        const { artifacts, blobs } = await make();
        const record = { ...(await someRecord(blobs, 'mended')), exitCode: 0 };
        const failed = { ...record, exitCode: 1 };
        const again = { ...record, exitCode: 2 };
        deepStrictEqual(await artifacts.put(record.key, failed), failed);
        deepStrictEqual(await artifacts.put(record.key, again), again);
        deepStrictEqual(await artifacts.put(record.key, record), record);
        deepStrictEqual(await artifacts.put(record.key, failed), record);
        deepStrictEqual(await artifacts.get(record.key), record);
      },
    },
    {
      name: 'of many puts at once one wins, and all return it',
      run: async (): Promise<void> => {
        const { artifacts, blobs } = await make();
        const record = await someRecord(blobs, 'race');
        const given = await Promise.all(
          Array.from({ length: 8 }, (_, elapsed) => artifacts.put(record.key, { ...record, elapsed })),
        );
        const standing = await artifacts.get(record.key);
        for (const one of given) deepStrictEqual(one, standing);
      },
    },
    ...(['log', 'root of the tree', 'directory', 'file'] as const).map((part) => ({
      name: `a record whose ${part} is missing counts as absent, and the next put replaces it`,
      run: async (): Promise<void> => {
        const { artifacts, blobs } = await make();
        const record = await someRecord(blobs, 'gone');
        const gone = digestOf('never written');
        const broken = { ...record, ...(await withMissing(blobs, part)) };
        deepStrictEqual(await artifacts.put(record.key, broken), broken);
        strictEqual(await artifacts.get(record.key), undefined);
        deepStrictEqual(await blobs.findMissing([gone]), [gone]);
        deepStrictEqual(await artifacts.put(record.key, record), record);
        deepStrictEqual(await artifacts.get(record.key), record);
      },
    })),
    {
      name: 'a record whose merged root is gone is still good',
      run: async (): Promise<void> => {
        const { artifacts, blobs } = await make();
        const record = { ...(await someRecord(blobs, 'rootless')), root: digestOf('never written') };
        await artifacts.put(record.key, record);
        deepStrictEqual(await artifacts.get(record.key), record);
      },
    },
  ];
}

function keyOf(name: string): Key {
  return digestOf(name).hash as Key;
}

async function someRecord(blobs: BlobStore, name: string): Promise<ArtifactRecord> {
  const tree = emptyTree();
  const below = emptyTree();
  below.files.set('data', { name: 'data', digest: await writeBlob(blobs, `data of ${name}`), isExecutable: false });
  tree.directories.set('below', below);
  tree.symlinks.set('link', { name: 'link', target: 'below/data' });
  return {
    key: keyOf(name),
    element: `${name}.bst`,
    kind: 'manual',
    exitCode: 0,
    failedCommand: 'build-commands[0]',
    tree: await writeTree(blobs, tree),
    root: await writeTree(blobs, emptyTree()),
    log: await writeBlob(blobs, `log of ${name}\n`),
    action: digestOf(`action of ${name}`),
    dependencies: [{ name: 'base.bst', key: keyOf('base'), tree: digestOf('a tree of another record') }],
    inputs: { kind: 'manual', list: [1, 'two', null, true], nested: { é: '' } },
    started: 1_700_000_000_000,
    elapsed: 12.5,
    host: { sandbox: 'bubblewrap' },
  };
}

/** The part of a record that refers, directly or indirectly, to a blob that was never written. */
async function withMissing(
  blobs: BlobStore,
  part: 'log' | 'root of the tree' | 'directory' | 'file',
): Promise<Partial<ArtifactRecord>> {
  const gone = digestOf('never written');
  const tree = emptyTree();
  const below = emptyTree();
  switch (part) {
    case 'log':
      return { log: gone };
    case 'root of the tree':
      return { tree: gone };
    case 'directory':
      below.directories.set('gone', gone);
      break;
    case 'file':
      below.files.set('gone', { name: 'gone', digest: gone, isExecutable: true });
      break;
  }
  tree.directories.set('below', below);
  return { tree: await writeTree(blobs, tree) };
}
