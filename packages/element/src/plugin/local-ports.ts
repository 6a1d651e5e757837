import type { Digest } from '../cas/digest.js';
import type { Layer } from '../cas/layer.js';
import type { Key } from './ports.js';

/** A lock that is held. It ends with `release`, or with this process, however that ends. */
export interface Lock {
  /** Resolves when others can have the lock. A second call does nothing. */
  release(): Promise<void>;
}

/** How a build of a key waits for another one of the same key. */
export interface KeyLockOptions {
  readonly signal?: AbortSignal;
  /** Called once, when another process is building the key. */
  readonly onWait?: () => void;
}

/** One build per key, across all processes that share a store (docs/adr/0009). */
export interface KeyLocks {
  /**
   * Waits until no one else is building `key`, and makes others wait until the lock is released. A caller that had to
   * wait looks the record up again.
   *
   * @throws `options.signal.reason` when aborted
   */
  acquire(key: Key, options?: KeyLockOptions): Promise<Lock>;
}

/** A key that an element had, and when a build last met it. */
export interface NotedKey {
  readonly key: Key;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The keys that builds met, for users who ask what has changed since. Nothing is built by it. */
export interface KeyHistory {
  /** Notes that a build of the project in `directory` met that key. */
  note(directory: string, element: string, noted: NotedKey): void;
  /** The keys that were noted, newest first; each once. */
  noted(directory: string, element: string): readonly NotedKey[];
}

/** A private directory of one piece of work. @public */
export interface ScratchDirectory {
  /** Absolute path of an empty directory of mode 0700. */
  readonly path: string;
  /** Removes it, even if its directories are read-only. */
  dispose(): Promise<void>;
}

/** The part of this machine's disk that builds work on. Nothing there is an artifact. @public */
export interface ScratchSpace {
  /** Absolute path of the directory of the logs of builds, as files that can be followed while commands run. */
  readonly logs: string;
  /** A new directory, with a short path. @throws ElementError STORE */
  directory(): Promise<ScratchDirectory>;
}

/** A layer as a directory of this machine. */
export interface KeptTree {
  /** Absolute path of the directory. It is only read, or bound read-only. */
  readonly path: string;
  /** Absolute path of a short symbolic link to it. All of a store are in one directory. */
  readonly link: string;
}

/** How a tree is checked out. */
export interface CheckoutOptions {
  /** The time of every file, directory and symbolic link, in seconds since 1970. Default: now. */
  readonly mtime?: number;
}

/** Trees as directories of this machine: what a sandbox that runs here needs. */
export interface LocalTrees {
  /**
   * A shared check-out of a layer, made if it does not exist yet, with the fixed time of trees. It is not removed before
   * this process ends. What the layer removes is there as an overlay has it: as a character device of the numbers 0 and 0.
   *
   * @returns `undefined` if the layer removes something and this machine makes no such devices for this user
   * @throws ElementError STORE if a blob of the layer's tree is missing or wrong
   */
  keep(layer: Layer): Promise<KeptTree | undefined>;
  /**
   * A private copy of `tree` in `destination`, an existing or a new directory, that may be written to.
   * @throws ElementError STORE if a blob of the tree is missing or wrong
   */
  checkOut(tree: Digest, destination: string, options?: CheckoutOptions): Promise<void>;
}

/** How many builds run at once on this machine, whichever process they are of. */
export interface BuildSlots {
  /** Waits for a slot, and holds it until it is released. @throws `signal.reason` when aborted */
  acquire(signal: AbortSignal): Promise<Lock>;
}
