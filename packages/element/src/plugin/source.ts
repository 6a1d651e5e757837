import type { Digest } from '../cas/digest.js';
import { Plugin, type PluginMeta } from './plugin.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Io } from './ports.js';
import type { ProjectInfo } from './project-info.js';

/** What is known of a source: no exact ref, an exact ref, or an exact ref whose content is on this machine. */
export type Consistency = 'inconsistent' | 'resolved' | 'cached';

/** What a source is constructed with. */
export interface SourceMeta extends PluginMeta {
  readonly project: ProjectInfo;
  /** Where below the element's sources it is staged: a relative path, `.` for their root. */
  readonly directory: string;
}

/** Where the bytes of an element come from (BuildStream reference: `Source`). */
export abstract class Source extends Plugin {
  readonly project: ProjectInfo;
  readonly directory: string;

  constructor(meta: SourceMeta) {
    super(meta);
    this.project = meta.project;
    this.directory = meta.directory;
  }

  /**
   * Looks at the source as it is now. `getUniqueKey` is asked only after this, and never where the answer was
   * `inconsistent` (BuildStream reference: `Source.get_consistency`).
   */
  abstract consistency(): Promise<Consistency>;

  /** Keeps the source's content. @returns the digest of its tree @throws ElementError SOURCE */
  abstract fetch(to: BlobStore, io: Io): Promise<Digest>;
}

/** A kind of source: what a plugin module's `sources` lists. */
export interface SourceKind {
  readonly kind: string;
  readonly formatVersion: number;
  /** Makes one; the resolver calls `configure` next. */
  create(meta: SourceMeta): Source;
}
