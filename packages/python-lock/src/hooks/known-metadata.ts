import type { SdistMetadata } from '@wheelhouse/python/metadata';

/** The static metadata of an sdist, as it is passed to uv. */
export interface KnownMetadata extends SdistMetadata {
  readonly name: string;
  readonly version: string;
}
