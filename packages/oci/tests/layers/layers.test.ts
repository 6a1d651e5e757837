import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type Digest } from '@wheelhouse/element';
import { MemoryBlobStore, readBlob, walkTree, writeBlob, writeTree } from '@wheelhouse/element/internal';
import { readLayer, RootTree, writeTar, type ImageLayer, type TarHeader } from '@wheelhouse/oci/internal';

let temporary: string;
let blobs: MemoryBlobStore;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'wheelhouse-layers-'));
  blobs = new MemoryBlobStore();
});
afterEach(() => {
  rmSync(temporary, { recursive: true });
});

/** An entry of a layer: a path with a slash behind it is a directory, a text is a file. */
type Entry = readonly [name: string, content?: string | Partial<TarHeader>];

async function layer(entries: readonly Entry[], compressed = false): Promise<ImageLayer> {
  const chunks: Uint8Array[] = [];
  const items = entries.map(([name, content]) => {
    if (typeof content !== 'string') return { header: { name, type: 'directory' as const, ...content } };
    const body = Buffer.from(content);
    return { header: { name, size: body.byteLength, mode: 0o644 }, body: Readable.from([body]) };
  });
  for await (const chunk of writeTar(items)) chunks.push(chunk);
  const tar = Buffer.concat(chunks);
  const type = 'application/vnd.oci.image.layer.v1.tar';
  return {
    blob: await writeBlob(blobs, compressed ? gzipSync(tar) : tar),
    mediaType: compressed ? `${type}+gzip` : type,
    diffId: `sha256:${createHash('sha256').update(tar).digest('hex')}`,
  };
}

/** Every path of the root that these layers make: with a slash for a directory, an arrow for a link, else its text. */
async function rootOf(...layers: readonly (readonly Entry[])[]): Promise<Record<string, string>> {
  const root = new RootTree();
  for (const entries of layers) root.apply(await readLayer(blobs, await layer(entries), temporary));
  return await listing(await writeTree(blobs, root.tree));
}

async function listing(tree: Digest): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of walkTree(blobs, tree)) {
    if (entry.type === 'directory') found[`${entry.path}/`] = '';
    else if (entry.type === 'symlink') found[entry.path] = `-> ${entry.target}`;
    else found[entry.path] = Buffer.from(await readBlob(blobs, entry.digest)).toString('utf8');
  }
  return found;
}

test('a later layer replaces files of an earlier one', async () => {
  const root = await rootOf(
    [['./'], ['./etc/'], ['./etc/a', 'one'], ['./etc/b', 'one'], ['run/']],
    [
      ['etc/a', 'two'],
      ['run', 'a file now'],
    ],
  );
  expect(root).toEqual({ 'etc/': '', 'etc/a': 'two', 'etc/b': 'one', run: 'a file now' });
});

test('whiteouts remove what is below, and nothing of their own layer, in any order', async () => {
  const root = await rootOf(
    [
      ['a', 'old'],
      ['d/x', 'old'],
      ['d/y', 'old'],
      ['kept', 'old'],
    ],
    [
      ['d/z', 'new'],
      ['d/.wh..wh..opq', ''],
      ['a', 'new'],
      ['.wh.a', ''],
      ['.wh.absent', ''],
    ],
  );
  expect(root).toEqual({ a: 'new', 'd/': '', 'd/z': 'new', kept: 'old' });
});

test('entries below a symbolic link are written to the target of the link, relative to the root', async () => {
  const root = await rootOf(
    [
      ['usr/lib/'],
      ['lib', { type: 'symlink', linkname: 'usr/lib' }],
      ['var/run', { type: 'symlink', linkname: '/run' }],
    ],
    [
      ['lib/libc.so', 'c'],
      ['run/'],
      ['var/run/pid', '1'],
      ['up', { type: 'symlink', linkname: '../../usr' }],
      ['up/x', 'x'],
    ],
  );
  expect(root).toMatchObject({ 'usr/lib/libc.so': 'c', 'run/pid': '1', 'usr/x': 'x', lib: '-> usr/lib' });
});

test('hard links are the files that they link to, also those of a layer below', async () => {
  const root = await rootOf(
    [
      ['a', 'text'],
      ['b', { type: 'link', linkname: './a' }],
    ],
    [['c', { type: 'link', linkname: 'b' }]],
  );
  expect(root).toEqual({ a: 'text', b: 'text', c: 'text' });
});

test('devices and fifos are skipped', async () => {
  const root = await rootOf([
    ['dev/null', { type: 'character-device', devmajor: 1, devminor: 3 }],
    ['f', { type: 'fifo' }],
    ['g', ''],
  ]);
  expect(root).toEqual({ g: '' });
});

test('large files, and layers that gzip has compressed, are read as well', async () => {
  const text = 'x'.repeat(600_000);
  const changes = await readLayer(
    blobs,
    await layer(
      [
        ['large', text],
        ['small', 's'],
      ],
      true,
    ),
    temporary,
  );
  const root = new RootTree();
  root.apply(changes);
  expect(await listing(await writeTree(blobs, root.tree))).toEqual({ large: text, small: 's' });
});

test.each([
  [[['../x', 'text']], 'has `../x`, which points outside of the image'],
  [[['x', { type: 'link', linkname: '../y' }]], 'has `../y`, which points outside of the image'],
] as const)('a layer with %j is refused', async (entries, what) => {
  const made = await layer(entries);
  await expect(readLayer(blobs, made, temporary)).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `the layer \`${made.diffId}\` ${what}`,
  });
});

test.each([
  [
    [
      ['a', 'file'],
      ['a/b', 'text'],
    ],
    '`a` is below a file',
  ],
  [[['x', { type: 'link', linkname: 'y' }]], '`x` is a hard link to `y`, which does not exist'],
  [
    [
      ['l', { type: 'symlink', linkname: 'l' }],
      ['l/x', ''],
    ],
    '`l` has too many levels of symbolic links',
  ],
] as const)('a layer with %j does not fit', async (entries, what) => {
  await expect(rootOf(entries)).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `a layer of the base image does not fit: ${what}`,
  });
});

test('a layer that is not the one of its image is refused', async () => {
  const [made, other] = [await layer([['a', 'one']]), await layer([['a', 'two']])];
  await expect(readLayer(blobs, { ...made, diffId: other.diffId }, temporary)).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `the layer \`${other.diffId}\` has the content \`${made.diffId}\``,
  });
});

test('a layer that ends too early is an error', async () => {
  const made = await layer([['a', 'x'.repeat(5000)]]);
  const bytes = await readBlob(blobs, made.blob);
  const blob = await writeBlob(blobs, bytes.subarray(0, 2000));
  await expect(readLayer(blobs, { ...made, blob }, temporary)).rejects.toThrow();
});
