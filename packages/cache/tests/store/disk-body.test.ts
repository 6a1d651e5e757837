import { randomBytes } from 'node:crypto';
import { openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { temporaryDirectories } from '../support/directories.js';
import { BytesBody, FileBody } from '../../src/store/disk-body.js';

const directory = temporaryDirectories();

function fileOf(bytes: Uint8Array): FileBody {
  const path = join(directory(), 'body');
  writeFileSync(path, bytes);
  return new FileBody(openSync(path, 'r'), bytes.byteLength);
}

/** Takes what it is given, a copy of it at the last moment, as a socket does. */
function collector(onPiece?: (self: Writable) => void): { readonly writable: Writable; bytes(): Buffer } {
  const pieces: Buffer[] = [];
  const writable = new Writable({
    highWaterMark: 1,
    write(piece: Buffer, _encoding, done) {
      setImmediate(() => {
        pieces.push(Buffer.from(piece));
        onPiece?.(writable);
        done();
      });
    },
  });
  return { writable, bytes: () => Buffer.concat(pieces) };
}

test.each([65_537, 524_288, 1_048_576, 1_048_577, 3_000_000])(
  'a file of %i bytes gets where it goes, and can be read',
  async (size) => {
    const bytes = randomBytes(size);
    const to = collector();
    await fileOf(bytes).sendTo(to.writable);
    expect(to.bytes().equals(bytes)).toBe(true);
    expect((await buffer(fileOf(bytes))).equals(bytes)).toBe(true);
  },
);

test('more bodies at a time than there is memory kept for get their own bytes each', async () => {
  const sent = Array.from({ length: 150 }, (_, index) => Buffer.alloc(600_000, index));
  const received = await Promise.all(
    sent.map(async (bytes) => {
      const to = collector();
      await fileOf(bytes).sendTo(to.writable);
      return to.bytes();
    }),
  );
  expect(received.map((bytes, index) => bytes.equals(sent[index] ?? Buffer.alloc(0)))).toEqual(sent.map(() => true));
});

test('destinations that do not read delay no other, and get their own bytes when they do', async () => {
  const slow = Array.from({ length: 100 }, (_, index) => {
    const bytes = Buffer.alloc(1_200_000, index);
    const pieces: Buffer[] = [];
    let take: () => void = () => undefined;
    const taken = new Promise<void>((resolve) => (take = resolve));
    const writable = new Writable({
      highWaterMark: 1,
      write(piece: Buffer, _encoding, done) {
        void taken.then(() => {
          pieces.push(Buffer.from(piece));
          done();
        });
      },
    });
    const sent = fileOf(bytes).sendTo(writable);
    return { take, done: sent.then(() => Buffer.concat(pieces).equals(bytes)) };
  });
  const bytes = randomBytes(3_000_000);
  const to = collector();
  await fileOf(bytes).sendTo(to.writable);
  expect(to.bytes().equals(bytes)).toBe(true);
  for (const { take } of slow) take();
  expect(await Promise.all(slow.map(({ done }) => done))).toEqual(slow.map(() => true));
});

test('a destination that closes before the end gets an error, and the next one is served correctly', async () => {
  const bytes = randomBytes(2_000_000);
  for (let round = 0; round < 200; round++) {
    const to = collector((self) => self.destroy());
    await expect(fileOf(bytes).sendTo(to.writable)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  }
  const to = collector();
  await fileOf(bytes).sendTo(to.writable);
  expect(to.bytes().equals(bytes)).toBe(true);
});

test('a destination that was closed before gets nothing', async () => {
  const to = collector();
  to.writable.destroy();
  await expect(fileOf(randomBytes(100_000)).sendTo(to.writable)).rejects.toMatchObject({
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });
  await expect(new BytesBody(Buffer.from('x')).sendTo(to.writable)).rejects.toMatchObject({
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });
});

test('a file that is cut short while it is sent is an error', async () => {
  const path = join(directory(), 'cut');
  writeFileSync(path, randomBytes(2_000_000));
  const body = new FileBody(openSync(path, 'r'), 2_000_000);
  const to = collector(() => {
    truncateSync(path, 0);
  });
  await expect(body.sendTo(to.writable)).rejects.toThrow('a file of 2000000 bytes ended after');
});

test('a small body', async () => {
  const to = collector();
  await new BytesBody(Buffer.from('small')).sendTo(to.writable);
  expect(to.bytes().toString()).toBe('small');
  expect((await buffer(new BytesBody(Buffer.from('small')))).toString()).toBe('small');
});
