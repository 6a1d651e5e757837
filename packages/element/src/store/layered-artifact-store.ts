import type { ArtifactRecord, ArtifactStore, Key } from '../plugin/ports.js';

/**
 * Near records before far ones. What is found far is kept near, so that it is found there the next time; what is put
 * goes to the near store alone. A failure that only the far store has on record is not taken over: what failed elsewhere
 * is tried here.
 *
 * The near store has to be one over a {@link LayeredBlobStore}: a record that was taken over names blobs that are still
 * far.
 */
export class LayeredArtifactStore implements ArtifactStore {
  constructor(
    private readonly near: ArtifactStore,
    private readonly far: Pick<ArtifactStore, 'get'>,
  ) {}

  async get(key: Key): Promise<ArtifactRecord | undefined> {
    const here = await this.near.get(key);
    if (here !== undefined) return here;
    const there = await this.far.get(key);
    return there?.exitCode === 0 ? await this.near.put(key, there) : undefined;
  }

  put(key: Key, record: ArtifactRecord): Promise<ArtifactRecord> {
    return this.near.put(key, record);
  }
}
