import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ElementError } from '../base/error.js';
import type { Key } from '../plugin/ports.js';
import { DiskArtifactStore } from './disk-artifact-store.js';
import { DiskBlobStore } from './disk-blob-store.js';
import { storeError } from './errno.js';
import { lockFile, type FileLock } from './file-lock.js';
import { KeptTrees } from './kept-trees.js';
import { removeTree } from './removal.js';
import { makeDirectory } from '../base/make-directory.js';

/** A private directory of one build. */
export interface Workspace {
  /** Absolute path of an empty directory of mode 0700, on the store's file system. */
  readonly path: string;
  /** Removes it, whatever modes its directories have been given. */
  dispose(): Promise<void>;
}

/** How a build of a key waits for another of the same. */
export interface KeyLockOptions {
  readonly signal?: AbortSignal;
  /** Called once, when another process builds the key. */
  readonly onWait?: () => void;
}

/**
 * The store of one machine: everything below one directory, which any number of processes use together.
 * `cas/` blobs, `artifacts/` records, `trees/` kept trees, `locks/`, `work/` directories of running builds, `tmp/` what
 * is being written, `memo/` what is known by stat, `tools/` the tools' own environments.
 */
export class LocalStore {
  readonly blobs: DiskBlobStore;
  readonly artifacts: DiskArtifactStore;
  readonly trees: KeptTrees;

  private constructor(readonly directory: string) {
    this.blobs = new DiskBlobStore(directory);
    this.artifacts = new DiskArtifactStore(directory, this.blobs);
    this.trees = new KeptTrees(directory, this.blobs);
  }

  /** Touches nothing: directories are made when they are first needed. @param directory an absolute path */
  static open(directory: string): LocalStore {
    return new LocalStore(directory);
  }

  /**
   * Waits until no other process builds `key`, and keeps others waiting until the lock is released or this process is
   * gone. Whoever has waited looks for the record again.
   */
  async lockKey(key: Key, options: KeyLockOptions = {}): Promise<FileLock> {
    const lock = await lockFile(join(this.directory, 'locks', `${key}.lock`), options);
    if (lock === undefined) throw new Error('a lock that is waited for was not given');
    return lock;
  }

  /** A fresh directory for one build, with a short name. */
  // eslint-disable-next-line @typescript-eslint/require-await -- so that what mkdir throws is a rejection
  async workspace(): Promise<Workspace> {
    const path = join(this.directory, 'work', randomBytes(6).toString('hex'));
    try {
      makeDirectory(join(this.directory, 'work'));
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      throw storeError(error, 'make', path);
    }
    return { path, dispose: () => removeTree(path) };
  }

  /** The path of a small JSON file for what a later run can use again, such as digests by stat. May be absent, and so may its directory. */
  memo(name: string): string {
    return join(this.directory, 'memo', `${name}.json`);
  }
}

/**
 * The directory of the store: `WHEELHOUSE_CACHE_DIR`, else `wheelhouse` below `XDG_CACHE_HOME` (XDG Base Directory
 * Specification: a relative value is ignored), else `~/.cache/wheelhouse`.
 *
 * @throws ElementError STORE where WHEELHOUSE_CACHE_DIR is not an absolute path
 */
export function storeDirectory(env: NodeJS.ProcessEnv): string {
  const named = env.WHEELHOUSE_CACHE_DIR;
  if (named !== undefined && named !== '') {
    if (isAbsolute(named)) return named;
    throw new ElementError({
      code: 'STORE',
      message: `WHEELHOUSE_CACHE_DIR is not an absolute path: \`${named}\``,
      hint: 'name the directory from the root on',
    });
  }
  const caches = env.XDG_CACHE_HOME;
  if (caches !== undefined && isAbsolute(caches)) return join(caches, 'wheelhouse');
  const home = env.HOME;
  return join(home !== undefined && home !== '' ? home : homedir(), '.cache', 'wheelhouse');
}
