import { chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '../base/errno.js';

const ENTRIES_PER_PAUSE = 256;
const SLASH = Buffer.from('/');

/**
 * Removes a directory and all below it, if it is there. Directories that their modes close to their owner are opened
 * on the way down: an overlay leaves a `work` of mode 000, and builds leave read-only ones, at which Node's `rm` fails.
 */
export async function removeTree(path: string): Promise<void> {
  let removed = 0;
  // Paths are bytes here, since a build may leave names that are not UTF-8.
  const remove = async (directory: Buffer): Promise<void> => {
    chmodSync(directory, 0o700);
    for (const entry of readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
      const child = Buffer.concat([directory, SLASH, Buffer.from(entry.name)]);
      if (entry.isDirectory()) await remove(child);
      else unlinkSync(child);
      if (++removed % ENTRIES_PER_PAUSE === 0) await setImmediate();
    }
    rmdirSync(directory);
  };
  try {
    if (lstatSync(path).isDirectory()) await remove(Buffer.from(path));
    else unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
