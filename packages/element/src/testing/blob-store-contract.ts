import { deepStrictEqual, rejects, strictEqual } from 'node:assert';
import { ElementError } from '../base/error.js';
import { digestOf, formatDigest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { readBlob, writeBlob } from '../cas/tree.js';
import { inPieces, someBytes, type ContractCase } from './contract-case.js';

/** Below and above what implementations hold in memory. */
const SIZES = [1, 1000, 300_000, 3_000_001];

/** What every {@link BlobStore} must do. @param make gives an empty store each time it is called */
export function blobStoreContract(make: () => BlobStore | Promise<BlobStore>): readonly ContractCase[] {
  return [
    ...SIZES.map((size, seed) => ({
      name: `a blob of ${size} bytes is read as it was written`,
      run: async (): Promise<void> => {
        const blobs = await make();
        const bytes = someBytes(size, seed);
        await blobs.write(digestOf(bytes), inPieces(bytes));
        strictEqual(Buffer.compare(await readBlob(blobs, digestOf(bytes)), bytes), 0);
        deepStrictEqual(await blobs.findMissing([digestOf(bytes)]), []);
      },
    })),
    ...SIZES.map((size, seed) => ({
      name: `a blob of ${size} bytes is read from any offset on`,
      run: async (): Promise<void> => {
        const blobs = await make();
        const bytes = someBytes(size, seed);
        await blobs.write(digestOf(bytes), inPieces(bytes));
        for (const offset of [1, size >> 1, size - 1, size]) {
          const chunks: Uint8Array[] = [];
          for await (const chunk of blobs.read(digestOf(bytes), offset)) chunks.push(Buffer.from(chunk));
          strictEqual(Buffer.compare(Buffer.concat(chunks), bytes.subarray(offset)), 0, `from ${offset}`);
        }
      },
    })),
    ...SIZES.map((size, seed) => ({
      name: `other bytes than the digest's of a blob of ${size} bytes are refused and not kept`,
      run: async (): Promise<void> => {
        const blobs = await make();
        const bytes = someBytes(size, seed);
        const digest = digestOf(bytes);
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8((bytes.at(-1) ?? 0) ^ 1, size - 1);
        const wrong = [flipped, bytes.subarray(1), Buffer.concat([bytes, Buffer.from('!')])];
        for (const body of wrong) await rejects(blobs.write(digest, inPieces(body)), isStoreError);
        deepStrictEqual(await blobs.findMissing([digest]), [digest]);
      },
    })),
    {
      name: 'a body that fails is not kept, and its error is thrown',
      run: async (): Promise<void> => {
        const blobs = await make();
        const bytes = someBytes(2_000_000, 5);
        async function* failing(): AsyncGenerator<Uint8Array> {
          yield* inPieces(bytes.subarray(0, 1_000_000));
          throw new Error('the connection was lost');
        }
        await rejects(blobs.write(digestOf(bytes), failing()), /^Error: the connection was lost$/);
        deepStrictEqual(await blobs.findMissing([digestOf(bytes)]), [digestOf(bytes)]);
      },
    },
    {
      name: 'an existing blob may be written again',
      run: async (): Promise<void> => {
        const blobs = await make();
        for (const size of SIZES) {
          const bytes = someBytes(size, 7);
          for (let time = 0; time < 2; time++) await blobs.write(digestOf(bytes), inPieces(bytes));
          strictEqual(Buffer.compare(await readBlob(blobs, digestOf(bytes)), bytes), 0);
        }
      },
    },
    {
      name: 'one blob may be written by many at once',
      run: async (): Promise<void> => {
        const blobs = await make();
        for (const size of SIZES) {
          const bytes = someBytes(size, 11);
          await Promise.all(Array.from({ length: 8 }, () => blobs.write(digestOf(bytes), inPieces(bytes, 10_000))));
          strictEqual(Buffer.compare(await readBlob(blobs, digestOf(bytes)), bytes), 0);
        }
      },
    },
    {
      name: 'the missing ones are returned in the order of the request',
      run: async (): Promise<void> => {
        const blobs = await make();
        const here = await writeBlob(blobs, 'here');
        const [one, two] = [digestOf('one'), digestOf('two')];
        deepStrictEqual(await blobs.findMissing([two, here, one]), [two, one]);
        deepStrictEqual(await blobs.findMissing([]), []);
      },
    },
    {
      name: 'reading a missing blob is an error that names it',
      run: async (): Promise<void> => {
        const blobs = await make();
        for (const size of SIZES) {
          const digest = digestOf(someBytes(size, 13));
          await rejects(readBlob(blobs, digest), {
            name: 'ElementError',
            code: 'STORE',
            message: `the store does not have the blob \`${formatDigest(digest)}\``,
          });
        }
      },
    },
    {
      name: 'the empty blob always exists',
      run: async (): Promise<void> => {
        const blobs = await make();
        const empty = digestOf('');
        deepStrictEqual(await blobs.findMissing([empty]), []);
        strictEqual((await readBlob(blobs, empty)).byteLength, 0);
        strictEqual((await writeBlob(blobs, '')).sizeBytes, 0);
      },
    },
  ];
}

function isStoreError(error: unknown): boolean {
  return error instanceof ElementError && error.code === 'STORE';
}
