import type { Digest } from '../cas/digest.js';
import { Plugin, type PluginMeta } from './plugin.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Json } from '../base/json.js';
import type { Io } from './ports.js';
import type { ProjectInfo } from './project-info.js';
import type { SourceFacts } from './source-facts.js';
import type { SourceServices } from './source-services.js';

/** The state of a source: no exact ref, an exact ref, or an exact ref whose content is on this machine. @public */
export type Consistency = 'inconsistent' | 'resolved' | 'cached';

/** What a source is constructed with. @public */
export interface SourceMeta extends PluginMeta {
  readonly project: ProjectInfo;
  /** Where below the element's sources it is staged: a relative path, `.` for their root. */
  readonly directory: string;
  readonly services: SourceServices;
}

/** What a source can ask for from the sources that the element lists before it. @public */
export type PreviousSourcesUse = 'fetch' | 'track';

/** What a source is given to work with. @public */
export interface SourceIo extends Io {
  /**
   * The tree of the element's earlier sources, each in its directory. Given where `requiresPreviousSources` names the
   * method that is called.
   */
  readonly previous?: Digest;
}

/** What a source that changes what is already staged is given. @public */
export interface StageIo extends Io {
  /** The tree that `fetch` answered. */
  readonly content: Digest;
  /** What stands in the source's directory: the tree that earlier sources of the element left there. */
  readonly previous: Digest;
}

/**
 * Brings the content of several sources to this machine at once; afterwards `fetch` answers without a network.
 *
 * @public
 */
export type SourceBatch = (sources: readonly Source[], to: BlobStore, io: Io) => Promise<void>;

/**
 * Where the bytes of an element come from (BuildStream reference: `Source`). The engine calls, in this order:
 * `configure`, `preflight`, `consistency`, `getUniqueKey`, and, if the element has to be built, `fetch` and `stage`.
 *
 * @public
 */
export abstract class Source extends Plugin {
  readonly project: ProjectInfo;
  readonly directory: string;
  protected readonly services: SourceServices;

  /**
   * The methods that are given what earlier sources of the element staged; their content is fetched first (BuildStream
   * reference: `BST_REQUIRES_PREVIOUS_SOURCES_FETCH`, `BST_REQUIRES_PREVIOUS_SOURCES_TRACK`).
   */
  declare readonly requiresPreviousSources?: readonly PreviousSourcesUse[];

  /** Fetches this source together with all others that have the same function here; absent if it is fetched alone. */
  declare readonly batch?: SourceBatch;

  constructor(meta: SourceMeta) {
    super(meta);
    this.project = meta.project;
    this.directory = meta.directory;
    this.services = meta.services;
  }

  /**
   * Looks at the source as it is now. `getUniqueKey` is asked only after this, and never where the answer was
   * `inconsistent` (BuildStream reference: `Source.is_resolved`, `Source.is_cached`).
   */
  abstract consistency(): Promise<Consistency>;

  /**
   * Keeps the source's content. One that is `resolved` is fetched in the pool that all sources share, ahead of the build;
   * one that is `cached` when the element is staged.
   *
   * @returns the digest of its tree @throws ElementError SOURCE
   */
  abstract fetch(to: BlobStore, io: SourceIo): Promise<Digest>;

  /** What the source consists of. Asked after {@link consistency}. */
  describe?(): SourceFacts;

  /**
   * Makes what stands in the source's directory from what already exists, as a patch does (BuildStream reference:
   * `Source.stage` with `BST_REQUIRES_PREVIOUS_SOURCES_STAGE`). A source without this method is laid over what is
   * there.
   *
   * @returns the digest of the directory's whole tree @throws ElementError SOURCE
   */
  stage?(to: BlobStore, io: StageIo): Promise<Digest>;

  /**
   * Finds the newest exact ref for what the source follows, such as the commit of a branch (BuildStream reference:
   * `Source.track`). The loader writes it to the member `ref` of the source's configuration.
   *
   * @returns `undefined` if there is nothing to follow @throws ElementError SOURCE
   */
  track?(io: SourceIo): Promise<Json | undefined>;

  /**
   * The absolute path of a program of this machine; for `preflight` (BuildStream reference: `utils.get_host_tool`).
   *
   * @param hint how to get the program
   * @throws ElementError HOST_TOOL
   */
  protected getHostTool(name: string, hint?: string): string {
    return this.services.hostTool(name, hint);
  }
}

/** A kind of source: what a plugin module's `sources` lists. @public */
export interface SourceKind {
  readonly kind: string;
  readonly formatVersion: number;
  /** Makes one; the resolver calls `configure` next. */
  create(meta: SourceMeta): Source;
}
