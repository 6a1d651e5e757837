import { randomBytes } from 'node:crypto';
import type { Bucket } from './bucket.js';

/**
 * Tries what a store needs of a bucket, with an object of its own that is removed again.
 *
 * @returns whether the service lets the first of several writers win
 * @throws if the bucket cannot be written to, read or cleaned
 */
export async function keepsFirstWrites(bucket: Bucket): Promise<boolean> {
  const key = `probe-${randomBytes(9).toString('hex')}`;
  try {
    if (!(await bucket.putText(key, 'first', { absent: true }))) throw new Error('a new object was refused');
    const isOverwritten = await bucket.putText(key, 'second', { absent: true });
    const found = await bucket.read(key);
    if (found === undefined) throw new Error('a written object was not found');
    await found.body.toArray();
    return bucket.keepsConditions && !isOverwritten;
  } finally {
    await bucket.remove([key]);
  }
}
