import { readdirSync } from 'node:fs';
import { isAbsent } from './errno.js';

/** The names in a directory, sorted; none if there is no such directory. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
