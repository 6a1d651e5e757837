import { join } from 'node:path';
import { captureTree, type BlobStore, type Digest, type MappingNode, type SourceKind } from '@wheelhouse/element';
import { CapturedSource } from './captured-source.js';

/** A directory that is shipped with this package: scripts that run in the sandbox. Known by its content. */
export class BundledSource extends CapturedSource {
  private path = '';

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'path']);
    this.path = this.nodeGetMember(node, 'str', 'path');
  }

  protected override async capture(blobs: BlobStore): Promise<Digest> {
    return await captureTree(blobs, join(__dirname, '..', 'elements', this.path), {
      label: this.path,
      filter: (path) => !path.includes('__pycache__'),
    });
  }
}

/** Kind `bundled`. */
export const bundled: SourceKind = { kind: 'bundled', formatVersion: 1, create: (meta) => new BundledSource(meta) };
