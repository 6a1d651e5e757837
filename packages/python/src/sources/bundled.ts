import { join } from 'node:path';
import {
  captureTree,
  digestOnlyBlobs,
  formatDigest,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
  type MappingNode,
  type SourceKind,
} from '@wheelhouse/element';

/** A directory that is shipped with this package: scripts that run in the sandbox. Known by its content. */
export class BundledSource extends Source {
  private path = '';
  private digest: Digest | undefined;

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'path']);
    this.path = this.nodeGetMember(node, 'str', 'path');
  }

  override getUniqueKey(): Json {
    if (this.digest === undefined) throw new Error(`${this.name} is asked for its key before its consistency`);
    return formatDigest(this.digest);
  }

  override async consistency(): Promise<Consistency> {
    this.digest ??= await this.capture(digestOnlyBlobs());
    return 'cached';
  }

  override async fetch(to: BlobStore): Promise<Digest> {
    return await this.capture(to);
  }

  private async capture(blobs: BlobStore): Promise<Digest> {
    return await captureTree(blobs, join(__dirname, '..', 'elements', this.path), {
      label: this.path,
      filter: (path) => !path.includes('__pycache__'),
    });
  }
}

/** Kind `bundled`. */
export const bundled: SourceKind = { kind: 'bundled', formatVersion: 1, create: (meta) => new BundledSource(meta) };
