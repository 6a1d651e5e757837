import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import {
  emptyTree,
  MemoryBlobStore,
  StagingArea,
  walkTree,
  writeBlob,
  writeTree,
  type MutableTree,
} from '@wheelhouse/element/internal';

/** Text for a file, `-> target` for a link, a nested object for a directory. */
interface Layout {
  readonly [name: string]: string | Layout;
}

async function treeOf(blobs: BlobStore, layout: Layout): Promise<Digest> {
  const build = async (level: Layout): Promise<MutableTree> => {
    const tree = emptyTree();
    for (const [name, value] of Object.entries(level)) {
      if (typeof value !== 'string') tree.directories.set(name, await build(value));
      else if (value.startsWith('-> ')) tree.symlinks.set(name, { name, target: value.slice(3) });
      else tree.files.set(name, { name, digest: await writeBlob(blobs, value), isExecutable: false });
    }
    return tree;
  };
  return await writeTree(blobs, await build(layout));
}

async function stageAll(layouts: readonly Layout[], whitelist: readonly string[] = []): Promise<StagedResult> {
  const blobs = new MemoryBlobStore();
  const area = new StagingArea(blobs);
  for (const [index, layout] of layouts.entries()) {
    await area.stage({
      tree: await treeOf(blobs, layout),
      path: '/',
      owner: `${index}.bst`,
      mayOverlap: (path) => whitelist.includes(path),
    });
  }
  const entries: string[] = [];
  for await (const entry of walkTree(blobs, await writeTree(blobs, area.tree))) {
    const detail = entry.type === 'file' ? entry.digest.hash.slice(0, 8) : entry.type === 'symlink' ? entry.target : '';
    entries.push(`${entry.type} ${entry.path} ${detail}`.trim());
  }
  return { area, entries };
}

interface StagedResult {
  readonly area: StagingArea;
  readonly entries: readonly string[];
}

test('directories of all elements are merged', async () => {
  const { area, entries } = await stageAll([{ usr: { bin: { a: 'a' } } }, { usr: { bin: { b: 'b' }, lib: {} } }]);
  expect(entries.map((entry) => entry.split(' ').slice(0, 2).join(' '))).toEqual([
    'directory usr',
    'directory usr/bin',
    'file usr/bin/a',
    'file usr/bin/b',
    'directory usr/lib',
  ]);
  expect(area.warnings).toEqual([]);
  expect(area.isPlainOverlay).toBe(true);
});

test('a later file replaces an earlier one, with a warning that names both elements', async () => {
  const { area, entries } = await stageAll([{ etc: { conf: 'one' } }, { etc: { conf: 'two' } }]);
  const alone = await stageAll([{ etc: { conf: 'two' } }]);
  expect(entries).toEqual(alone.entries);
  expect(area.warnings).toEqual([{ kind: 'overlap', path: '/etc/conf', owner: '1.bst', other: '0.bst' }]);
  expect(area.isPlainOverlay).toBe(true);
});

test('an overlap that the later element allows is not a warning', async () => {
  const { area } = await stageAll([{ etc: { conf: 'one' } }, { etc: { conf: 'two' } }], ['/etc/conf']);
  expect(area.warnings).toEqual([]);
});

test('the same file from two elements is not an overlap', async () => {
  const { area } = await stageAll([{ etc: { conf: 'one' } }, { etc: { conf: 'one' } }]);
  expect(area.warnings).toEqual([]);
});

test('a third element over two is reported with the one that staged the file last', async () => {
  const { area } = await stageAll([{ a: { f: '1' } }, { a: { f: '2' } }, { a: { f: '3' } }]);
  expect(area.warnings.map(({ owner, other }) => [owner, other])).toEqual([
    ['1.bst', '0.bst'],
    ['2.bst', '1.bst'],
  ]);
});

test('a directory over a link is refused, since what is below would vanish', async () => {
  const staged = stageAll([{ lib: '-> usr/lib', usr: { lib: { 'libc.so': 'x' } } }, { lib: { 'new.so': 'y' } }]);
  await expect(staged).rejects.toMatchObject({
    code: 'STAGING',
    message: '1.bst: Destination is a symlink, not a directory: `/lib`',
    hint: "0.bst put a link to `usr/lib` there; install below the link's target instead",
  });
  await expect(staged).rejects.toBeInstanceOf(ElementError);
});

test('a directory over a file is refused', async () => {
  await expect(stageAll([{ opt: 'file' }, { opt: { x: 'y' } }])).rejects.toMatchObject({
    message: '1.bst: Destination is a file, not a directory: `/opt`',
    hint: '0.bst put the file there',
  });
});

test('a file takes the place of an empty directory', async () => {
  const { area, entries } = await stageAll([{ opt: {} }, { opt: 'file' }]);
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatch(/^file opt /);
  expect(area.isPlainOverlay).toBe(true);
});

test('a file over a directory that holds something is left out, which no overlay would do', async () => {
  const { area, entries } = await stageAll([{ opt: { x: 'y' } }, { opt: 'file' }]);
  expect(entries.map((entry) => entry.split(' ')[1])).toEqual(['opt', 'opt/x']);
  expect(area.warnings).toEqual([{ kind: 'unstaged', path: '/opt', owner: '1.bst', other: '0.bst' }]);
  expect(area.isPlainOverlay).toBe(false);
});

test('a link over a file is an overlap, and takes its place', async () => {
  const { area, entries } = await stageAll([{ x: 'file' }, { x: '-> y' }]);
  expect(entries).toEqual(['symlink x y']);
  expect(area.warnings).toHaveLength(1);
});

test('a tree can be staged below a path, which is made', async () => {
  const blobs = new MemoryBlobStore();
  const area = new StagingArea(blobs);
  const tree = await treeOf(blobs, { f: 'x' });
  await area.stage({ tree, path: '/a/b', owner: 'x.bst', mayOverlap: () => false });
  const entries: string[] = [];
  for await (const entry of walkTree(blobs, await writeTree(blobs, area.tree))) entries.push(entry.path);
  expect(entries).toEqual(['a', 'a/b', 'a/b/f']);
});
