import type { SdistMetadata } from '@wheelhouse/python/metadata';

/** The static metadata of an sdist, as uv is told it. */
export interface KnownMetadata extends SdistMetadata {
  readonly name: string;
  readonly version: string;
}
