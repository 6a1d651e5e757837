import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord, ArtifactStore, Key } from '../plugin/ports.js';
import { hasBlobs } from './record-blobs.js';

/** Records held in memory, for as long as the object lives. */
export class MemoryArtifactStore implements ArtifactStore {
  private readonly records = new Map<Key, ArtifactRecord>();

  constructor(private readonly blobs: BlobStore) {}

  async get(key: Key): Promise<ArtifactRecord | undefined> {
    const record = this.records.get(key);
    return record !== undefined && (await hasBlobs(this.blobs, record)) ? record : undefined;
  }

  async put(key: Key, record: ArtifactRecord): Promise<ArtifactRecord> {
    const before = this.records.get(key);
    if (before?.exitCode === 0 && (await hasBlobs(this.blobs, before))) return before;
    // Another put may have replaced what stood there while its blobs were looked for; then that one was first.
    const now = this.records.get(key);
    if (now?.exitCode === 0 && now !== before) return now;
    this.records.set(key, record);
    return record;
  }
}
