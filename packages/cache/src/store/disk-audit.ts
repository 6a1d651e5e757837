import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '@wheelhouse/element';
import type { DiskLayout } from './disk-layout.js';
import { surveyBodies, surveyEntries } from './disk-survey.js';

/** What an audit found. */
export interface Audit {
  readonly entries: number;
  readonly bodies: number;
  /** Absolute paths of bodies whose bytes are not those of their digest. */
  readonly damaged: readonly string[];
  /** Absolute paths of records that cannot be read, or whose body is not there. */
  readonly dangling: readonly string[];
}

/**
 * Reads every byte and tells what is not as it was written.
 *
 * @param options.remove whether that is removed, so that it counts as missing and is made anew
 */
export async function audit(layout: DiskLayout, { remove }: { readonly remove: boolean }): Promise<Audit> {
  const [damaged, dangling]: [string[], string[]] = [[], []];
  let [entries, bodies] = [0, 0];
  for await (const { path, hash } of surveyBodies(layout)) {
    bodies++;
    const actual = await sha256Of(path);
    // One that was evicted meanwhile is none that is damaged.
    if (actual === undefined || actual === hash) continue;
    damaged.push(path);
    if (remove) await rm(path, { force: true });
  }
  const lost = new Set(damaged);
  for await (const { path, record } of surveyEntries(layout)) {
    entries++;
    if (record !== undefined) {
      const body = layout.bodyPath(record.digest);
      if (!lost.has(body) && (await sizeOf(body)) === record.digest.sizeBytes) continue;
    }
    dangling.push(path);
    if (remove) await rm(path, { force: true });
  }
  return { entries, bodies, damaged, dangling };
}

async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
    return hash.digest('hex');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
