import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest } from '@wheelhouse/element';
import { emptyTree, MemoryBlobStore, writeBlob, writeTree } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { replaceOutputs } from '../../src/workspace/replace-outputs.js';

const blobs = new MemoryBlobStore();

async function treeOf(files: Readonly<Record<string, string>>): Promise<Digest> {
  const tree = emptyTree();
  for (const [name, text] of Object.entries(files)) {
    tree.files.set(name, { name, digest: await writeBlob(blobs, text), isExecutable: false });
  }
  return await writeTree(blobs, tree);
}

function listing(directory: string): string[] {
  return readdirSync(directory, { recursive: true }).map(String).sort();
}

/** Outputs of an earlier build, all of one kind. */
async function written(): Promise<string> {
  const dist = join(temporaryDirectory(), 'dist');
  await replaceOutputs(blobs, [
    { path: join(dist, 'wheel'), tree: await treeOf({ 'a-1.whl': 'one' }) },
    { path: join(dist, 'sdist'), tree: await treeOf({ 'a-1.tar.gz': 'one' }) },
    { path: join(dist, 'manifest.json'), text: 'one' },
  ]);
  return dist;
}

it('writes directories and files, removes others, and keeps what is up to date', async () => {
  const dist = await written();
  expect(listing(dist)).toEqual(['manifest.json', 'sdist', 'sdist/a-1.tar.gz', 'wheel', 'wheel/a-1.whl']);
  expect(statSync(join(dist, 'wheel')).mode & 0o777).toBe(0o755);
  const { ino } = statSync(join(dist, 'wheel'));
  const outputs = [
    { path: join(dist, 'wheel'), tree: await treeOf({ 'a-1.whl': 'one' }) },
    { path: join(dist, 'sdist'), absent: true as const },
    { path: join(dist, 'manifest.json'), text: 'two' },
  ];
  expect(await replaceOutputs(blobs, outputs)).toBe(true);
  expect(listing(dist)).toEqual(['manifest.json', 'wheel', 'wheel/a-1.whl']);
  expect(readFileSync(join(dist, 'manifest.json'), 'utf8')).toBe('two');
  expect(statSync(join(dist, 'wheel')).ino).toBe(ino);
  expect(await replaceOutputs(blobs, outputs)).toBe(false);
});

it('replaces what is there: a file, a link, a directory', async () => {
  const dist = temporaryDirectory();
  writeFileSync(join(dist, 'wheel'), 'a file');
  mkdirSync(join(dist, 'text'));
  mkdirSync(join(dist, 'elsewhere'));
  symlinkSync('elsewhere', join(dist, 'link'));
  const tree = await treeOf({ a: '1' });
  await replaceOutputs(blobs, [
    { path: join(dist, 'wheel'), tree },
    { path: join(dist, 'text'), text: 't' },
    { path: join(dist, 'link'), tree },
  ]);
  expect(listing(dist)).toEqual(['elsewhere', 'link', 'link/a', 'text', 'wheel', 'wheel/a']);
});

it('leaves everything as it was where one of them cannot be written', async () => {
  const dist = await written();
  writeFileSync(join(dist, 'file'), '');
  await expect(
    replaceOutputs(blobs, [
      { path: join(dist, 'wheel'), tree: await treeOf({ 'a-2.whl': 'two' }) },
      { path: join(dist, 'sdist'), absent: true },
      { path: join(dist, 'file', 'manifest.json'), text: 'two' },
    ]),
  ).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(listing(dist)).toEqual(['file', 'manifest.json', 'sdist', 'sdist/a-1.tar.gz', 'wheel', 'wheel/a-1.whl']);
  expect(readFileSync(join(dist, 'wheel/a-1.whl'), 'utf8')).toBe('one');
});
