import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { makeDirectory } from '../base/make-directory.js';
import type { Lock } from '../plugin/local-ports.js';
import { lockFile } from './file-lock.js';
import type { ProcessFiles } from './process-files.js';

/**
 * Which kept trees are in use, by all processes of a store. Each process adds a line for a tree to its file before it looks
 * for the tree, so a lease costs a line. It lasts until the process ends, however that ends.
 *
 * A process that wants to remove a tree marks it first and reads the files then. One of the two sees what the other wrote:
 * either the line is there, and the tree stays, or the mark is, and the other waits for the end of the removal.
 */
export class TreeLeases {
  private readonly held = new Set<string>();

  constructor(private readonly processes: ProcessFiles) {}

  /**
   * Keeps a tree from being removed until this process ends. A removal that has begun is waited for.
   *
   * @param hash what names the tree
   */
  async hold(hash: string): Promise<void> {
    if (this.held.has(hash)) return;
    appendFileSync(await this.processes.own(), `${hash}\n`);
    if (existsSync(this.markOf(hash))) await (await this.removals())?.release();
    this.held.add(hash);
  }

  /**
   * Does `remove` unless some process uses the tree; no process begins to meanwhile.
   *
   * @returns whether it was done
   */
  async unlessHeld(hash: string, remove: () => Promise<void>): Promise<boolean> {
    makeDirectory(this.processes.directory);
    const removals = await this.removals();
    const mark = this.markOf(hash);
    try {
      writeFileSync(mark, '');
      if (await this.isHeld(hash)) return false;
      await remove();
      return true;
    } finally {
      rmSync(mark, { force: true });
      await removals?.release();
    }
  }

  private async isHeld(hash: string): Promise<boolean> {
    if (this.held.has(hash)) return true;
    for (const path of this.processes.list()) {
      if (!read(path).includes(`${hash}\n`)) continue;
      if (!(await this.processes.isGone(path))) return true;
    }
    return false;
  }

  private async removals(): Promise<Lock | undefined> {
    return await lockFile(join(this.processes.directory, 'removals.lock'));
  }

  private markOf(hash: string): string {
    return join(this.processes.directory, `${hash}.removing`);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return '';
  }
}
