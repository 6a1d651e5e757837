import { mkdirSync } from 'node:fs';
import { type Digest } from '@wheelhouse/element';
import {
  captureTree,
  decodeDirectory,
  digestOf,
  encodeDirectory,
  formatDigest,
  MemoryBlobStore,
  readBlob,
  walkTree,
} from '@wheelhouse/element/internal';
import { startCasd, type Casd } from '../support/buildbox-casd.js';
import { temporaryPaths } from '../support/temporary.js';
import { makeTreeFixture } from '../support/tree-fixture.js';

const fresh = temporaryPaths();

describe('the encoding of a directory', () => {
  test('an empty directory has no bytes', () => {
    expect(encodeDirectory({ files: [], directories: [], symlinks: [] })).toEqual(new Uint8Array());
  });

  test('fields are in the order of their numbers, defaults are left out, and names are sorted by their UTF-8 bytes', () => {
    const digest = { hash: 'ab', sizeBytes: 300 };
    const bytes = encodeDirectory({
      files: [
        { name: '\u{1f600}', digest: { hash: 'cd', sizeBytes: 0 }, isExecutable: true },
        { name: '\uff5e', digest, isExecutable: false },
      ],
      directories: [{ name: 'd', digest }],
      symlinks: [{ name: 's', target: 't' }],
    });
    const hex = [
      '0a0e' + '0a03efbd9e' + '1207' + '0a026162' + '10ac02',
      '0a0e' + '0a04f09f9880' + '1204' + '0a026364' + '2001',
      '120c' + '0a0164' + '1207' + '0a026162' + '10ac02',
      '1a06' + '0a0173' + '120174',
    ];
    expect(Buffer.from(bytes).toString('hex')).toBe(hex.join(''));
  });

  test('what was encoded is decoded, sorted', () => {
    const digest = digestOf('x');
    const file = { name: 'f', digest, isExecutable: true };
    const link = { name: 'l', target: '../é' };
    const [a, b] = [
      { name: 'a', digest },
      { name: 'b', digest: { hash: digest.hash, sizeBytes: 2 ** 40 } },
    ];
    expect(decodeDirectory(encodeDirectory({ files: [file], directories: [b, a], symlinks: [link] }))).toEqual({
      files: [file],
      directories: [a, b],
      symlinks: [link],
    });
  });

  test('fields of a later version of the message are skipped', () => {
    // A file with node_properties (6), and a directory with node_properties (5).
    const bytes = Buffer.from('0a070a0166' + '32020a00' + '2a00', 'hex');
    expect(decodeDirectory(bytes)).toEqual({
      files: [{ name: 'f', digest: { hash: '', sizeBytes: 0 }, isExecutable: false }],
      directories: [],
      symlinks: [],
    });
  });
});

describe('beside buildbox-casd', () => {
  const directory = fresh();
  const empty = fresh();
  let casd: Casd;

  beforeAll(async () => {
    makeTreeFixture(directory);
    mkdirSync(empty);
    casd = await startCasd(fresh());
  });
  afterAll(() => casd.stop());

  test('a captured tree has the digest that buildbox-casd gives it', async () => {
    const blobs = new MemoryBlobStore();
    const tree = await captureTree(blobs, directory, { label: 'fixture' });
    expect(await casd.captureTree(directory)).toEqual(tree);
    // The same forever: keys are made of it.
    expect(formatDigest(tree)).toBe('sha256:44809d530dd73c427204b1656299c713fbc98ce50cbb0d77be2b1b090363a083/905');
    const digests: Digest[] = [tree];
    for await (const entry of walkTree(blobs, tree)) if (entry.type !== 'symlink') digests.push(entry.digest);
    expect(digests.length).toBeGreaterThan(25);
    expect(await casd.findMissing(digests)).toEqual([]);
    expect(await casd.findMissing([digestOf('nobody has this')])).toEqual([digestOf('nobody has this')]);
    expect(digestOf(await readBlob(blobs, tree))).toEqual(tree);
  });

  test('an empty directory has the digest that buildbox-casd gives it', async () => {
    expect(await casd.captureTree(empty)).toEqual(
      await captureTree(new MemoryBlobStore(), empty, { label: 'fixture' }),
    );
  });
});
