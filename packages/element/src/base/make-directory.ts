import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errno.js';

/** Makes a directory and its parents where they are absent. @throws the error of mkdir(2) */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    // Node reports this for a read-only file system, too. Making the first missing directory gives the kernel's own answer.
    mkdirSync(firstMissing(path));
    mkdirSync(path, { recursive: true });
  }
}

function firstMissing(path: string): string {
  const parent = dirname(path);
  return parent === path || existsSync(parent) ? path : firstMissing(parent);
}
