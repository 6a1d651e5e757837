import type { Readable } from 'node:stream';

/** An image as an engine knows it. */
export interface EngineImage {
  /** The digest of its configuration: `sha256:<hex>`. */
  readonly id: string;
  /** The names with digests by which registries know it: `NAME@sha256:<hex>`. */
  readonly repoDigests: readonly string[];
}

/** A line about something that takes its time. */
export type Progress = (line: string) => void;

/** An engine that runs containers, as far as images are concerned. */
export interface ImageEngine {
  /** The image of that name or id. @throws ElementError ENGINE if no engine answers */
  inspect(reference: string): Promise<EngineImage | undefined>;
  /** Gets an image from its registry. @throws ElementError ENGINE */
  pull(reference: string, progress: Progress): Promise<void>;
  /** An image as `docker save` packs it. */
  save(id: string): Promise<AsyncIterable<Uint8Array>>;
  /** Takes an image that is packed as `docker save` does. @throws ElementError ENGINE */
  load(archive: Readable, progress: Progress): Promise<void>;
  /** Gives an image a name. @throws ElementError ENGINE */
  tag(id: string, name: string): Promise<void>;
}
