import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../base/make-directory.js';
import { lockFile } from './file-lock.js';
import { storeError } from './store-error.js';

/**
 * A file for each process that uses a store, `<directory>/<name>.lease`, which that process has locked as long as it lives. So
 * others learn whether what names a file is of a process that is gone, and one child that holds one lock is enough for
 * all that a process says by its file's name or in it.
 */
export class ProcessFiles {
  private opened: Promise<string> | undefined;

  /** @param directory absolute path; made when first needed */
  constructor(readonly directory: string) {}

  /**
   * The absolute path of this process's file, empty at first.
   *
   * @throws ElementError HOST_TOOL without flock(1), STORE if it cannot be made
   */
  own(): Promise<string> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** The absolute paths of all that are there. */
  list(): string[] {
    if (!existsSync(this.directory)) return [];
    const names = readdirSync(this.directory).filter((name) => name.endsWith('.lease'));
    return names.map((name) => join(this.directory, name));
  }

  /** Whether the process of another file is gone; then the file is, too. */
  async isGone(path: string): Promise<boolean> {
    if (!existsSync(path)) return true;
    const lock = await lockFile(path, { wait: false });
    if (lock === undefined) return false;
    rmSync(path, { force: true });
    await lock.release();
    return true;
  }

  private async open(): Promise<string> {
    try {
      makeDirectory(this.directory);
    } catch (error) {
      throw storeError(error, 'make', this.directory);
    }
    await Promise.all(this.list().map((path) => this.isGone(path)));
    for (;;) {
      const path = join(this.directory, `${process.pid}-${randomBytes(6).toString('hex')}.lease`);
      const lock = await lockFile(path);
      // Given up by the end of this process alone. One that was not locked yet may have been taken for left behind.
      if (existsSync(path)) return path;
      await lock?.release();
    }
  }
}
