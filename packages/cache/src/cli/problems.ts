import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import type { DiskStore } from '../store/disk-store.js';
import type { Bucket } from '../store/s3/bucket.js';
import type { TokenGuard } from '../tokens/token-guard.js';

/**
 * What keeps a server from working at the moment, in messages without secrets: they are shown to anyone.
 *
 * @param roomBytes how much must be free on the disk
 */
export async function serverProblems(
  disk: DiskStore,
  guard: TokenGuard | undefined,
  roomBytes: number,
): Promise<string[]> {
  const found: string[] = [];
  try {
    guard?.refresh();
  } catch {
    found.push('the tokens cannot be read');
  }
  try {
    const { temporary } = disk.layout;
    mkdirSync(temporary, { recursive: true });
    const probe = join(temporary, `probe-${randomBytes(6).toString('hex')}`);
    writeFileSync(probe, 'x', { flag: 'wx' });
    rmSync(probe);
    const { bavail, bsize } = await statfs(temporary);
    if (bavail * bsize < roomBytes) found.push('the disk has no room for an entry of the maximum size');
  } catch (error) {
    found.push(`the data directory cannot be written to: ${errnoOf(error) ?? 'unknown error'}`);
  }
  return found;
}

/**
 * What keeps a bucket from being used, as {@link serverProblems}. Anyone may ask a server for it, so the bucket itself
 * is asked at most once in `everyMs` milliseconds.
 */
export function bucketProblems(bucket: Bucket | undefined, everyMs: number): () => Promise<string[]> {
  let asked = -Infinity;
  let answer: Promise<string[]> = Promise.resolve([]);
  return async () => {
    if (bucket !== undefined && performance.now() - asked >= everyMs) {
      asked = performance.now();
      answer = bucket.check().then(
        () => [],
        () => ['the bucket cannot be used'],
      );
    }
    return await answer;
  };
}
