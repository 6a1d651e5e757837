import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { type Digest } from '@wheelhouse/element';
import { formatDigest } from '@wheelhouse/element/internal';
import type { KeptStore } from './keeping.js';
import { StoreFailure } from './store-failure.js';

/** What an audit found. */
export interface Audit {
  readonly entries: number;
  readonly bodies: number;
  /** Where bodies are whose bytes are not those of their digest. */
  readonly damaged: readonly string[];
  /** Where records are that cannot be read, or whose body does not exist. */
  readonly dangling: readonly string[];
}

/**
 * Reads every byte and tells what is not as it was written.
 *
 * @param options.remove whether that is removed, so that it counts as missing and is made anew
 */
export async function audit(store: KeptStore, { remove }: { readonly remove: boolean }): Promise<Audit> {
  const [damaged, dangling]: [string[], string[]] = [[], []];
  /** The bodies that are as they should be, by their digests; and the SHA-256 that others are called by. */
  const [sound, unsound] = [new Set<string>(), new Set<string>()];
  const counted = { entries: 0, bodies: 0 };
  for await (const { path, hash, sizeBytes } of store.surveyBodies()) {
    counted.bodies++;
    const actual = await sha256Of(store, { hash, sizeBytes });
    // One that was evicted meanwhile is none that is damaged.
    if (actual === undefined) continue;
    if (actual === hash) {
      sound.add(formatDigest({ hash, sizeBytes }));
    } else {
      unsound.add(hash);
      damaged.push(path);
    }
  }
  if (remove) await store.remove(damaged);
  for await (const { path, record } of store.surveyEntries()) {
    counted.entries++;
    if (record !== undefined && !unsound.has(record.digest.hash)) {
      if (sound.has(formatDigest(record.digest))) continue;
      // What was written since the bodies were looked through is asked for.
      if ((await store.findMissing([record.digest])).length === 0) continue;
    }
    dangling.push(path);
  }
  if (remove) await store.remove(dangling);
  return { ...counted, damaged, dangling };
}

async function sha256Of(store: KeptStore, digest: Digest): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(await store.open(digest), hash);
    return hash.digest('hex');
  } catch (error) {
    if (error instanceof StoreFailure && error.reason === 'gone') return undefined;
    if (error instanceof StoreFailure && error.reason === 'damaged') return '';
    throw error;
  }
}
