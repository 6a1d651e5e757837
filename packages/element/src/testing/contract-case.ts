import { createCipheriv } from 'node:crypto';

/**
 * One sentence of a port's contract, and what shows whether an implementation keeps it. Suites are lists of these and
 * know no test runner: `for (const { name, run } of blobStoreContract(make)) test(name, run);`
 */
export interface ContractCase {
  readonly name: string;
  /** @throws AssertionError where the contract is broken */
  run(): Promise<void>;
}

/** The bytes as a stream of pieces of `size`. */
// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is already there
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.byteLength; offset += size) yield bytes.subarray(offset, offset + size);
}

/** `length` bytes without a pattern, the same for the same seed: a key stream of AES. */
export function someBytes(length: number, seed: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeInt32BE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
