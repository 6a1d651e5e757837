import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { replaceMemo } from '../base/replace-file.js';
import { digestOf } from '../cas/digest.js';
import type { KeyHistory, NotedKey } from '../plugin/local-ports.js';

/** So many keys of an element are remembered: the others are those of builds long ago. */
const CAPACITY = 10;

/**
 * A file of JSON for each element of a directory that was the target of a build: `<store>/history/<digest>.json`. It is
 * only written if the key is another one than the last time. Of several writers the last one wins, and a file that was
 * truncated counts as absent: only users who ask what has changed need what is lost.
 */
export class DiskKeyHistory implements KeyHistory {
  /** @param directory the absolute path of the files; made when first written to */
  constructor(private readonly directory: string) {}

  note(directory: string, element: string, noted: NotedKey): void {
    const before = this.noted(directory, element);
    if (before[0]?.key === noted.key) return;
    const keys = [noted, ...before.filter(({ key }) => key !== noted.key)].slice(0, CAPACITY);
    replaceMemo(this.pathOf(directory, element), JSON.stringify({ directory, element, keys }));
  }

  noted(directory: string, element: string): readonly NotedKey[] {
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(this.pathOf(directory, element), 'utf8'));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return [];
      throw error;
    }
    return (value as { readonly keys: readonly NotedKey[] }).keys;
  }

  private pathOf(directory: string, element: string): string {
    const { hash } = digestOf(JSON.stringify([directory, element]));
    return join(this.directory, `${hash.slice(0, 32)}.json`);
  }
}
