import type { FetchContext } from '@wheelhouse/python/fetch';
import type { LockEntry, ProjectLocks } from '@wheelhouse/python/lockfile';
import type { SdistMetadata } from '@wheelhouse/python/metadata';
import type { ArchiveTexts } from './archive.js';
import type { SdistFile } from '../hooks/hook-runner.js';

/** What vendoring works with. */
export interface VendorServices extends FetchContext {
  readonly tools: FetchContext['tools'];
  /** Absolute. */
  readonly workspaceDirectory: string;
  /** A private directory, absolute. */
  readonly temporary: string;
  /** The locks that projects have, with their roots: what they vendored is kept. */
  readonly previous: readonly { readonly root: string; readonly locks: ProjectLocks }[];
  /** Names whose addresses are asked anew. */
  readonly upgrade?: 'all' | readonly string[] | undefined;
  /** Commits that another tool's lock has, by normalised name. */
  readonly commits?: ReadonlyMap<string, string>;
}

/** What a build asks of an sdist before it is built. */
export type BuildTexts = Pick<ArchiveTexts, 'pyproject' | 'cargoLocks'>;

/** Calls backends, and builds what is vendored as an sdist. */
export interface VendorBuilds {
  provide(
    file: (SdistFile & BuildTexts) | Pick<LockEntry, 'normalizedName' | 'version'>,
    format: 'wheel' | 'sdist',
  ): void;
  metadata(sdist: { readonly name: string; readonly version: string }, python: string): Promise<SdistMetadata>;
}
