import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest } from '@wheelhouse/element';
import {
  digestOf,
  DiskBlobStore,
  formatDigest,
  LayeredBlobStore,
  MemoryBlobStore,
  readBlob,
  VerifyingBlobStore,
  writeBlob,
} from '@wheelhouse/element/internal';
import { blobStoreContract, inPieces, someBytes } from '@wheelhouse/element/testing';
import { startChild } from '../support/child.js';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();

describe.each([
  ['DiskBlobStore', () => new DiskBlobStore(fresh())],
  ['MemoryBlobStore', () => new MemoryBlobStore()],
  ['VerifyingBlobStore over a disk', () => new VerifyingBlobStore(new DiskBlobStore(fresh()))],
  ['VerifyingBlobStore over memory', () => new VerifyingBlobStore(new MemoryBlobStore())],
  [
    'LayeredBlobStore of a disk and memory',
    () => new LayeredBlobStore(new DiskBlobStore(fresh()), new MemoryBlobStore()),
  ],
  ['LayeredBlobStore of two disks, one of them verified', layeredDisks],
])('%s', (_name, make) => {
  for (const { name, run } of blobStoreContract(make)) test(name, run);
});

function layeredDisks(): LayeredBlobStore {
  return new LayeredBlobStore(
    new VerifyingBlobStore(new DiskBlobStore(fresh())),
    new LayeredBlobStore(new MemoryBlobStore(), new DiskBlobStore(fresh())),
  );
}

const SMALL = 10_000;
const LARGE = 3_000_000;

async function corrupted(size: number): Promise<{ blobs: DiskBlobStore; digest: Digest; path: string }> {
  const blobs = new DiskBlobStore(fresh());
  const bytes = someBytes(size, 1);
  const digest = digestOf(bytes);
  await blobs.write(digest, inPieces(bytes));
  const path = blobs.pathOf(digest);
  const wrong = Buffer.from(bytes);
  wrong[size >> 1] = 255 - bytes[size >> 1]!;
  writeFileSync(path, wrong);
  return { blobs, digest, path };
}

describe('DiskBlobStore', () => {
  test('a blob is a file of mode 0644 named for its hash, with any umask, and nothing else is left', async () => {
    const directory = fresh();
    const blobs = new DiskBlobStore(directory);
    const before = process.umask(0o077);
    try {
      for (const size of [SMALL, LARGE]) await blobs.write(digestOf(someBytes(size, 1)), inPieces(someBytes(size, 1)));
    } finally {
      process.umask(before);
    }
    for (const size of [SMALL, LARGE]) {
      const { hash } = digestOf(someBytes(size, 1));
      const path = join(directory, 'cas', hash.slice(0, 2), hash);
      expect(blobs.pathOf(digestOf(someBytes(size, 1)))).toBe(path);
      expect(statSync(path).mode & 0o7777).toBe(0o644);
      expect(Buffer.compare(readFileSync(path), someBytes(size, 1))).toBe(0);
    }
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
  });

  test('what fails while it is written leaves no file', async () => {
    const directory = fresh();
    const blobs = new DiskBlobStore(directory);
    for (const size of [SMALL, LARGE]) {
      await expect(blobs.write(digestOf(someBytes(size, 1)), inPieces(someBytes(size, 2)))).rejects.toMatchObject({
        code: 'STORE',
        message:
          `the bytes written as \`${formatDigest(digestOf(someBytes(size, 1)))}\` ` +
          `have the digest \`${formatDigest(digestOf(someBytes(size, 2)))}\``,
      });
    }
    expect(existsSync(join(directory, 'tmp')) ? readdirSync(join(directory, 'tmp')) : []).toEqual([]);
    expect(existsSync(join(directory, 'cas'))).toBe(false);
  });

  test.each([SMALL, LARGE])(
    'a blob of %d bytes that a power cut has shortened is missing, and is replaced',
    async (size) => {
      const { blobs, digest, path } = await corrupted(size);
      truncateSync(path, size - 1);
      expect(await blobs.findMissing([digest])).toEqual([digest]);
      await expect(readBlob(blobs, digest)).rejects.toMatchObject({
        code: 'STORE',
        message: `the store's bytes of the blob \`${formatDigest(digest)}\` do not match its digest`,
        hint: `remove \`${path}\`; it will be fetched or built again`,
      });
      await blobs.write(digest, inPieces(someBytes(size, 1)));
      expect(digestOf(await readBlob(blobs, digest))).toEqual(digest);
    },
  );

  test('a small blob with wrong bytes is noticed by a full read, and repaired by the next write', async () => {
    const { blobs, digest, path } = await corrupted(SMALL);
    await expect(readBlob(blobs, digest)).rejects.toMatchObject({
      code: 'STORE',
      hint: `remove \`${path}\`; it will be fetched or built again`,
    });
    await blobs.write(digest, inPieces(someBytes(SMALL, 1)));
    expect(digestOf(await readBlob(blobs, digest))).toEqual(digest);
  });

  test('a directory that cannot be written to is said so', async () => {
    const file = fresh();
    writeFileSync(file, '');
    await expect(writeBlob(new DiskBlobStore(file), 'x')).rejects.toMatchObject({
      code: 'STORE',
      message: `cannot write to \`${file}\`: a part of the path is not a directory (ENOTDIR)`,
      hint: 'choose a directory with WHEELHOUSE_CACHE_DIR',
    });
  });

  test.each([SMALL, LARGE])('a disk too full for a blob of %d bytes is said so, and nothing is left', async (size) => {
    const mount = fresh();
    mkdirSync(mount);
    // A file system of a few pages in a namespace of its own, reached through the process that holds it.
    const script = 'mount -t tmpfs -o size=8k none "$1" && echo mounted && read -r line';
    const holder = spawn('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', mount]);
    const ended = once(holder, 'close');
    try {
      await once(holder.stdout, 'data');
      const directory = `/proc/${String(holder.pid)}/root${mount}`;
      const blobs = new DiskBlobStore(directory);
      await expect(blobs.write(digestOf(someBytes(size, 1)), inPieces(someBytes(size, 1)))).rejects.toMatchObject({
        code: 'STORE',
        message: `cannot write to \`${directory}\`: no space left on device (ENOSPC)`,
        hint: 'free some space, or choose another directory with WHEELHOUSE_CACHE_DIR',
      });
      expect(readdirSync(directory)).toEqual(['tmp']);
      expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
    } finally {
      holder.stdin.end();
      await ended;
    }
  });
});

describe('VerifyingBlobStore', () => {
  test.each([
    [SMALL, 0],
    [LARGE, 0],
    [LARGE, LARGE - 10],
  ])('wrong bytes in a blob of %d bytes are noticed before the end of a read from %d on', async (size, offset) => {
    const { blobs, digest, path } = await corrupted(size);
    const verifying = new VerifyingBlobStore(blobs, (wanted) => blobs.pathOf(wanted));
    let got = 0;
    const reading = async (): Promise<void> => {
      for await (const chunk of verifying.read(digest, offset)) got += chunk.byteLength;
    };
    await expect(reading()).rejects.toMatchObject({
      code: 'STORE',
      message: `the store's bytes of the blob \`${formatDigest(digest)}\` do not match its digest`,
      hint: `remove \`${path}\`; it will be fetched or built again`,
    });
    expect(got).toBeLessThan(size - offset);
  });
});

describe('processes that share a DiskBlobStore', () => {
  test.each([SMALL, LARGE])('two writers of one blob of %d bytes both succeed', async (size) => {
    const directory = fresh();
    const body = fresh();
    writeFileSync(body, someBytes(size, 3));
    const digest = digestOf(someBytes(size, 3));
    const children = [1, 2].map(() =>
      startChild('store-child.ts', ['write-blob', directory, formatDigest(digest), body]),
    );
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.tell('go');
    for (const child of children) expect(await child.line()).toBe('written');
    for (const child of children) expect(await child.ended).toBe(0);
    expect(digestOf(await readBlob(new DiskBlobStore(directory), digest))).toEqual(digest);
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
  });

  test('a writer that is killed half-way leaves nothing that can be seen, and the next one writes', async () => {
    const directory = fresh();
    const body = fresh();
    writeFileSync(body, someBytes(LARGE, 3));
    const digest = digestOf(someBytes(LARGE, 3));
    const child = startChild('store-child.ts', ['write-half-a-blob', directory, formatDigest(digest), body]);
    await child.line();
    child.tell('go');
    expect(await child.line()).toBe('half');
    child.process.kill('SIGKILL');
    expect(await child.ended).toBe(null);
    const [left] = readdirSync(join(directory, 'tmp'));
    expect(statSync(join(directory, 'tmp', left!)).size).toBeGreaterThan(LARGE / 2);
    const blobs = new DiskBlobStore(directory);
    expect(await blobs.findMissing([digest])).toEqual([digest]);
    expect(existsSync(blobs.pathOf(digest))).toBe(false);
    await blobs.write(digest, inPieces(someBytes(LARGE, 3)));
    expect(digestOf(await readBlob(blobs, digest))).toEqual(digest);
  });
});
