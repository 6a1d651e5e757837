import { Readable } from 'node:stream';
import type { Digest } from '@wheelhouse/element';
import { StoreFailure } from '../store-failure.js';
import type { Bucket } from './bucket.js';
import { bodyKey } from './keys.js';

/** How often a download that broke off is taken up again if it ended. */
const RESUMES = 3;
const PIECE = 256 * 1024;

/**
 * A body out of a bucket. A connection that breaks off is taken up again if it ended: the server has promised the
 * whole body to its client by then.
 *
 * @throws StoreFailure `gone`
 */
export async function openBody(bucket: Bucket, digest: Digest): Promise<Readable> {
  const key = bodyKey(digest);
  const first = await bucket.read(key);
  if (first === undefined) throw new StoreFailure('gone', `the body ${digest.hash} is gone`);
  if (first.sizeBytes !== digest.sizeBytes) {
    first.body.destroy();
    const sizes = `${first.sizeBytes} bytes instead of ${digest.sizeBytes}`;
    throw new StoreFailure('gone', `the body ${digest.hash} has ${sizes}`);
  }
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    let { body } = first;
    let offset = 0;
    for (let resumes = 0; ; resumes++) {
      try {
        for await (const piece of body as AsyncIterable<Uint8Array>) {
          offset += piece.byteLength;
          yield piece;
        }
        if (offset === digest.sizeBytes) return;
        throw new Error(`the body ${digest.hash} ended after ${offset} bytes`);
      } catch (error) {
        if (resumes === RESUMES || offset === digest.sizeBytes) throw error;
        const next = await bucket.read(key, { offset, etag: first.etag });
        if (next === undefined) throw new StoreFailure('gone', `the body ${digest.hash} is gone`, { cause: error });
        body = next.body;
      }
    }
  };
  return Readable.from(pieces(), { objectMode: false, highWaterMark: PIECE });
}
