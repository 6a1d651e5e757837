import { randomBytes } from 'node:crypto';
import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../base/errno.js';
import { makeDirectory } from '../base/make-directory.js';
import type { KeyLockOptions, KeyLocks, Lock } from '../plugin/local-ports.js';
import type { Key } from '../plugin/ports.js';
import { lockFile } from './file-lock.js';
import type { ProcessFiles } from './process-files.js';
import { storeError } from './store-error.js';

/** Milliseconds between two looks at a key that another build holds. */
const PAUSE = 30;
/** So many looks are taken before the next one at whether that build's process is still there. */
const LOOKS = 20;

/**
 * Claims of keys as symbolic links, `<directory>/<key>.claim`, whose target names the file of the process that has the
 * key: {@link ProcessFiles}. Only one process can make the link, and it takes it away in the end. What a process that is
 * gone has left is taken over, by one process at a time.
 */
export class DiskKeyLocks implements KeyLocks {
  /** @param directory absolute path; made when first needed */
  constructor(
    readonly directory: string,
    private readonly processes: ProcessFiles,
  ) {}

  /** @throws ElementError HOST_TOOL without flock(1), STORE when the key cannot be claimed; `signal.reason` when aborted */
  async acquire(key: Key, { signal, onWait }: KeyLockOptions = {}): Promise<Lock> {
    signal?.throwIfAborted();
    const own = basename(await this.processes.own());
    const claim = join(this.directory, `${key}.claim`);
    for (let looks = 0; ; looks++) {
      const holder = this.claim(claim, own);
      if (holder === undefined) break;
      if (holder !== own && looks % LOOKS === 0 && (await this.takeOver(claim, holder, own))) break;
      if (looks === 0) onWait?.();
      await pause(signal);
    }
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) rmSync(claim, { force: true });
        isHeld = false;
        return Promise.resolve();
      },
    };
  }

  /** @returns the name of the file of the process that has the key, if it is not had now */
  private claim(claim: string, own: string): string | undefined {
    for (;;) {
      try {
        makeDirectory(this.directory);
        symlinkSync(own, claim);
        return undefined;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw storeError(error, 'write to', this.directory);
      }
      const holder = holderOf(claim);
      if (holder !== undefined) return holder;
    }
  }

  /** @returns whether the holder was gone, and the key is had now */
  private async takeOver(claim: string, holder: string, own: string): Promise<boolean> {
    const file = join(this.processes.directory, holder);
    if (!(await this.processes.isGone(file))) return false;
    const turn = await lockFile(join(this.directory, 'take-over.lock'));
    try {
      if (holderOf(claim) !== holder) return false;
      const mine = join(this.directory, randomBytes(9).toString('base64url'));
      symlinkSync(own, mine);
      renameSync(mine, claim);
      return true;
    } finally {
      await turn?.release();
    }
  }
}

function holderOf(claim: string): string | undefined {
  try {
    return readlinkSync(claim);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(PAUSE, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
