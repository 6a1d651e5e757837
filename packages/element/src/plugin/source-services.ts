import { getHostTool } from './host-tool.js';
import type { ScratchSpace } from './local-ports.js';
import type { BlobStore } from '../cas/blob-store.js';
import { FILE_DIGESTS, StatMemo } from '../cas/stat-memo.js';

/** What the store of this machine offers to sources. @public */
export interface SourceStore {
  /** Where the bytes of sources are kept. */
  readonly blobs: BlobStore;
  /** Where to download or unpack to. */
  readonly scratch: Pick<ScratchSpace, 'directory'>;
  /** The absolute path of a small JSON file, by name, that a later run can read again. May be absent. */
  memo(name: string): string;
}

/**
 * Names a service that a package offers to its own sources, such as one that downloads wheels. The type of the service
 * is that of the key.
 *
 * @public
 */
export class ServiceKey<T> {
  /** Only for the type. */
  declare readonly service: T;

  /** @param name what an error calls the service */
  constructor(readonly name: string) {}
}

/**
 * What sources work with beside their configuration. An entry point makes it once and binds what its kinds need.
 *
 * @public
 */
export class SourceServices {
  private readonly bound = new Map<ServiceKey<unknown>, unknown>();
  private readonly openedStore: SourceStore | undefined;
  private readonly path: string;

  /**
   * What is known of files by their stat, shared by all sources and saved by the engine; absent without a store.
   *
   * @internal
   */
  readonly fileDigests: StatMemo | undefined;

  /**
   * @param openedStore without it a source can be configured, but not asked for its content
   * @param path the directories of programs, as `PATH` lists them
   */
  constructor(openedStore?: SourceStore, path = '') {
    this.openedStore = openedStore;
    this.path = path;
    this.fileDigests = openedStore === undefined ? undefined : new StatMemo(openedStore.memo(FILE_DIGESTS));
  }

  /** The store of this machine. */
  get store(): SourceStore {
    if (this.openedStore === undefined) throw new Error('the content of a source was requested without a store');
    return this.openedStore;
  }

  /** The absolute path of a program. @param hint how to get the program @throws ElementError HOST_TOOL */
  hostTool(name: string, hint?: string): string {
    return getHostTool(name, this.path, hint);
  }

  /** Offers a service under a key; a later one replaces an earlier one. */
  bind<T>(key: ServiceKey<T>, service: T): this {
    this.bound.set(key, service);
    return this;
  }

  /** The service of that key, if one has been bound. */
  find<T>(key: ServiceKey<T>): T | undefined {
    return this.bound.get(key) as T | undefined;
  }

  /** The service of that key, which has been bound. */
  of<T>(key: ServiceKey<T>): T {
    if (!this.bound.has(key)) throw new Error(`nothing was bound to the service \`${key.name}\``);
    return this.bound.get(key) as T;
  }
}
