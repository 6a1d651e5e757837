import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../base/make-directory.js';
import type { ScratchDirectory, ScratchSpace } from '../plugin/local-ports.js';
import { storeError } from './store-error.js';
import { removeTree } from './removal.js';

/** Scratch space below the directory of a store: `work/` for private directories, `logs/` for logs. */
export class DiskScratchSpace implements ScratchSpace {
  readonly logs: string;
  private readonly work: string;

  /** @param directory absolute path of the store's directory; made when first needed */
  constructor(directory: string) {
    this.logs = join(directory, 'logs');
    this.work = join(directory, 'work');
  }

  async directory(): Promise<ScratchDirectory> {
    const path = join(this.work, randomBytes(6).toString('hex'));
    try {
      makeDirectory(this.work);
      await mkdir(path, { mode: 0o700 });
    } catch (error) {
      throw storeError(error, 'make', path);
    }
    return { path, dispose: () => removeTree(path) };
  }
}
