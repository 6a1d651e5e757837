import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import type { DiskLayout } from './disk-layout.js';
import { parseRecord } from './entry.js';
import type { SurveyedBody, SurveyedEntry } from './keeping.js';

/** Every entry of a data directory, in no order, read one after the other. What vanishes meanwhile is skipped. */
export async function* surveyEntries(layout: DiskLayout): AsyncGenerator<SurveyedEntry> {
  for (const workspace of await names(layout.entries)) {
    for (const tier of await names(join(layout.entries, workspace))) {
      const namespace = `${workspace}/${tier}`;
      for (const file of await names(join(layout.entries, namespace))) {
        const name = layout.nameOf(namespace, file);
        if (name === undefined) continue;
        const path = join(layout.entries, namespace, file);
        const found = await orGone(Promise.all([readFile(path, 'utf8'), stat(path)]));
        if (found === undefined) continue;
        const [text, { mtimeMs }] = found;
        yield { path, namespace, usedMs: mtimeMs, record: parseRecord(text, name) };
      }
    }
  }
}

/** Every body of a data directory, in no order. */
export async function* surveyBodies(layout: DiskLayout): AsyncGenerator<SurveyedBody> {
  for (const directory of await names(layout.bodies)) {
    for (const hash of await names(join(layout.bodies, directory))) {
      const path = join(layout.bodies, directory, hash);
      const found = await orGone(stat(path));
      if (found !== undefined) yield { path, hash, sizeBytes: found.size, writtenMs: found.mtimeMs };
    }
  }
}

/** What is in a directory; nothing if there is none. */
export async function names(directory: string): Promise<readonly string[]> {
  return (await orGone(readdir(directory))) ?? [];
}

async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
