import { availableParallelism, homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ElementError } from '../base/error.js';
import { DiskArtifactStore } from './disk-artifact-store.js';
import { DiskBlobStore } from './disk-blob-store.js';
import { DiskBuildSlots } from './disk-build-slots.js';
import { DiskKeyHistory } from './disk-key-history.js';
import { DiskKeyLocks } from './disk-key-locks.js';
import { DiskScratchSpace } from './disk-scratch-space.js';
import { KeptTrees } from './kept-trees.js';
import { ProcessFiles } from './process-files.js';

/**
 * The store of one machine, put together: everything below one directory, which any number of processes use at the same
 * time. `cas/` blobs, `artifacts/` records, `trees/` kept trees, `layers/` short links to them, `leases/` a file for each
 * process, `locks/`, `slots/`, `work/` scratch directories, `logs/`, `tmp/`
 * what is being written, `memo/` what is known by stat, `history/` the last keys of elements, `tools/` the tools' own environments.
 *
 * An engine and a sandbox take its parts, as the ports they are.
 */
export class LocalStore {
  readonly blobs: DiskBlobStore;
  readonly artifacts: DiskArtifactStore;
  readonly trees: KeptTrees;
  readonly locks: DiskKeyLocks;
  readonly slots: DiskBuildSlots;
  readonly scratch: DiskScratchSpace;
  readonly history: DiskKeyHistory;

  private constructor(readonly directory: string) {
    this.blobs = new DiskBlobStore(directory);
    this.artifacts = new DiskArtifactStore(directory, this.blobs);
    const processes = new ProcessFiles(join(directory, 'leases'));
    this.trees = new KeptTrees(directory, this.blobs, processes);
    this.locks = new DiskKeyLocks(join(directory, 'locks'), processes);
    this.slots = new DiskBuildSlots(join(directory, 'slots'), availableParallelism());
    this.scratch = new DiskScratchSpace(directory);
    this.history = new DiskKeyHistory(join(directory, 'history'));
  }

  /** Touches nothing: directories are made when they are first needed. @param directory an absolute path */
  static open(directory: string): LocalStore {
    return new LocalStore(directory);
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
 * @throws ElementError STORE if WHEELHOUSE_CACHE_DIR is not an absolute path
 */
export function storeDirectory(env: NodeJS.ProcessEnv): string {
  const named = env.WHEELHOUSE_CACHE_DIR;
  if (named !== undefined && named !== '') {
    if (isAbsolute(named)) return named;
    throw new ElementError({
      code: 'STORE',
      message: `WHEELHOUSE_CACHE_DIR is not an absolute path: \`${named}\``,
      hint: 'set it to an absolute path',
    });
  }
  const caches = env.XDG_CACHE_HOME;
  if (caches !== undefined && isAbsolute(caches)) return join(caches, 'wheelhouse');
  const home = env.HOME;
  return join(home !== undefined && home !== '' ? home : homedir(), '.cache', 'wheelhouse');
}
