import type { SdistMetadata } from '../metadata/core-metadata.js';

/** The static metadata of an sdist, as uv is told it. */
export interface KnownMetadata extends SdistMetadata {
  readonly name: string;
  readonly version: string;
}
