import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { captureTree, DiskBlobStore, MemoryBlobStore, readDirectory, walkTree } from '@wheelhouse/element/internal';
import { temporaryPaths } from '../support/temporary.js';
import { makeTreeFixture } from '../support/tree-fixture.js';

const fresh = temporaryPaths();

function freshDirectory(): string {
  const path = fresh();
  mkdirSync(path);
  return path;
}

async function pathsOf(blobs: BlobStore, tree: Digest): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of walkTree(blobs, tree)) paths.push(`${entry.type} ${entry.path}`);
  return paths;
}

describe('captureTree', () => {
  test('gives one digest in every store, and keeps every blob of the tree', async () => {
    const directory = fresh();
    makeTreeFixture(directory);
    const memory = new MemoryBlobStore();
    const disk = new DiskBlobStore(fresh());
    const tree = await captureTree(memory, directory, { label: 'here' });
    expect(await captureTree(disk, directory, { label: 'here' })).toEqual(tree);
    expect(await captureTree(disk, directory, { label: 'again' })).toEqual(tree);
    for (const blobs of [memory, disk]) {
      const digests = [tree];
      for await (const entry of walkTree(blobs, tree)) if (entry.type !== 'symlink') digests.push(entry.digest);
      expect(await blobs.findMissing(digests)).toEqual([]);
    }
  });

  test('a file is executable where its owner may execute it, and links are not followed', async () => {
    const directory = freshDirectory();
    for (const mode of [0o644, 0o755, 0o600, 0o700, 0o655, 0o611]) {
      writeFileSync(join(directory, mode.toString(8)), 'x');
      chmodSync(join(directory, mode.toString(8)), mode);
    }
    symlinkSync('/no/where', join(directory, 'link'));
    symlinkSync('.', join(directory, 'loop'));
    const blobs = new MemoryBlobStore();
    const tree = await readDirectory(blobs, await captureTree(blobs, directory, { label: 'here' }));
    expect(tree.files.filter((file) => file.isExecutable).map((file) => file.name)).toEqual(['700', '755']);
    expect(tree.symlinks).toEqual([
      { name: 'link', target: '/no/where' },
      { name: 'loop', target: '.' },
    ]);
  });

  test('what the filter leaves out is not in the tree and not looked into', async () => {
    const directory = freshDirectory();
    for (const name of ['keep', 'leave']) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'file.py'), name);
      writeFileSync(join(directory, name, 'file.pyc'), name);
      symlinkSync('file.py', join(directory, name, 'link'));
    }
    execFileSync('mkfifo', [join(directory, 'leave', 'fifo')]);
    const asked: string[] = [];
    const blobs = new MemoryBlobStore();
    const tree = await captureTree(blobs, directory, {
      label: 'here',
      filter: (path, type) => {
        asked.push(`${type} ${path}`);
        return path !== 'leave' && !path.endsWith('.pyc') && type !== 'symlink';
      },
    });
    expect(await pathsOf(blobs, tree)).toEqual(['directory keep', 'file keep/file.py']);
    expect(asked.sort()).toEqual([
      'directory keep',
      'directory leave',
      'file keep/file.py',
      'file keep/file.pyc',
      'symlink keep/link',
    ]);
  });

  test('only what the store does not have is written, but directories always, since writing repairs them', async () => {
    const directory = freshDirectory();
    mkdirSync(join(directory, 'sub'));
    for (let index = 0; index < 20; index++) writeFileSync(join(directory, 'sub', String(index)), String(index));
    writeFileSync(join(directory, 'large'), Buffer.alloc(600_000, 1));
    const memory = new MemoryBlobStore();
    const written: number[] = [];
    const blobs: BlobStore = {
      findMissing: (digests) => memory.findMissing(digests),
      read: (digest, offset) => memory.read(digest, offset),
      write: (digest, body) => {
        written.push(digest.sizeBytes);
        return memory.write(digest, body);
      },
    };
    const tree = await captureTree(blobs, directory, { label: 'here' });
    expect(written).toHaveLength(2 + 20 + 1);
    written.length = 0;
    writeFileSync(join(directory, 'sub', '7'), 'changed');
    expect(await captureTree(blobs, directory, { label: 'here' })).not.toEqual(tree);
    expect(written).toHaveLength(2 + 1);
  });

  test.each([
    ['a fifo', (path: string) => execFileSync('mkfifo', [path])],
    ['a socket', (path: string) => new Promise<void>((resolve) => sockets.push(createServer().listen(path, resolve)))],
  ])('%s is refused, by its path', async (what, make) => {
    const directory = freshDirectory();
    mkdirSync(join(directory, 'sub'));
    await make(join(directory, 'sub', 'odd'));
    await expect(captureTree(new MemoryBlobStore(), directory, { label: '%{install-root}' })).rejects.toMatchObject({
      name: 'ElementError',
      code: 'ARTIFACT',
      message: `%{install-root}: \`sub/odd\` is ${what}, which a tree cannot contain`,
    });
  });
  const sockets: ReturnType<typeof createServer>[] = [];
  afterAll(() => {
    for (const socket of sockets) socket.close();
  });

  test('a device is refused, by its path', async () => {
    const capturing = captureTree(new MemoryBlobStore(), '/dev', {
      label: '/dev',
      filter: (_path, type) => type === 'file',
    });
    await expect(capturing).rejects.toThrow(/^\/dev: `[\w-]+` is a device, which a tree cannot contain$/);
  });

  test('a name that is not UTF-8 is refused, but U+FFFD is a name', async () => {
    const directory = freshDirectory();
    writeFileSync(join(directory, '\ufffd'), '');
    await captureTree(new MemoryBlobStore(), directory, { label: 'here' });
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.from([0xe9])]), '');
    await expect(
      captureTree(new MemoryBlobStore(), directory, { label: 'here', code: 'SOURCE' }),
    ).rejects.toMatchObject({ code: 'SOURCE', message: 'here: `café` has a name that is not UTF-8' });
  });

  test('what the filter leaves out may be of any type, with any name', async () => {
    const directory = freshDirectory();
    writeFileSync(join(directory, 'file.py'), '');
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.from([0xe9])]), '');
    const blobs = new MemoryBlobStore();
    const tree = await captureTree(blobs, directory, { label: 'here', filter: (path) => path === 'file.py' });
    expect(await pathsOf(blobs, tree)).toEqual(['file file.py']);
  });

  test('a link to a name that is not UTF-8 is refused', async () => {
    const directory = freshDirectory();
    symlinkSync(Buffer.from([0xe9]), join(directory, 'link'));
    await expect(captureTree(new MemoryBlobStore(), directory, { label: 'here' })).rejects.toMatchObject({
      message: 'here: `link` is a symbolic link to a name that is not UTF-8',
    });
  });

  test('a directory that is not there is refused', async () => {
    await expect(captureTree(new MemoryBlobStore(), fresh(), { label: 'here' })).rejects.toMatchObject({
      message: 'here: `.` does not exist',
    });
  });

  test('five thousand small files are captured in both passes, in batches', async () => {
    const directory = freshDirectory();
    for (let index = 0; index < 5000; index++) {
      if (index < 50) mkdirSync(join(directory, String(index)));
      writeFileSync(join(directory, String(index % 50), `${index}.py`), `# ${index}\n`);
    }
    const blobs = new DiskBlobStore(fresh());
    const tree = await captureTree(blobs, directory, { label: 'here' });
    expect(await captureTree(blobs, directory, { label: 'here' })).toEqual(tree);
    expect(await pathsOf(blobs, tree)).toHaveLength(5050);
  });
});
