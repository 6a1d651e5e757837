import {
  digestOnlyBlobs,
  formatDigest,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
} from '@wheelhouse/element';

/** A source that is a directory of this machine, or a part of one, and is known by its content. */
export abstract class CapturedSource extends Source {
  private digest: Digest | undefined;

  /** The tree of the files: `sha256:<hex>/<bytes>`. Known once consistency was asked for. */
  get treeDigest(): string {
    if (this.digest === undefined) throw new Error(`${this.name} is asked for its key before its consistency`);
    return formatDigest(this.digest);
  }

  override getUniqueKey(): Json {
    return this.treeDigest;
  }

  override async consistency(): Promise<Consistency> {
    this.digest ??= await this.capture(digestOnlyBlobs());
    return 'cached';
  }

  override async fetch(to: BlobStore): Promise<Digest> {
    return await this.capture(to);
  }

  /** Keeps the files as they are now. @throws ElementError SOURCE */
  protected abstract capture(blobs: BlobStore): Promise<Digest>;
}
