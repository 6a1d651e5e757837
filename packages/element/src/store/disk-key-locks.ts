import { join } from 'node:path';
import type { KeyLockOptions, KeyLocks, Lock } from '../plugin/local-ports.js';
import type { Key } from '../plugin/ports.js';
import { lockFile } from './file-lock.js';

/** Locks as files: `<directory>/<key>.lock`. They are never removed, since a removed lock file could be held twice. */
export class DiskKeyLocks implements KeyLocks {
  /** @param directory absolute path; made when first needed */
  constructor(readonly directory: string) {}

  /** @throws ElementError HOST_TOOL without flock(1), STORE when the file cannot be opened; `signal.reason` when aborted */
  async acquire(key: Key, options: KeyLockOptions = {}): Promise<Lock> {
    const lock = await lockFile(join(this.directory, `${key}.lock`), options);
    if (lock === undefined) throw new Error('a blocking lock was not acquired');
    return lock;
  }
}
