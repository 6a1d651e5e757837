import { join } from 'node:path';
import {
  CapturedSource,
  captureTree,
  type BlobStore,
  type Digest,
  type MappingNode,
  type SourceKind,
} from '@wheelhouse/element';

/**
 * A directory that is shipped with this package: scripts that run in the sandbox. Known by its content.
 *
 * Configuration: `path`, relative to the directory of the kinds; `include`, the names of its files where not all are
 * meant.
 */
export class BundledSource extends CapturedSource {
  private path = '';
  private include: readonly string[] | undefined;

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'path', 'include']);
    this.path = this.nodeGetMember(node, 'str', 'path');
    this.include = node
      .sequence('include')
      ?.scalars()
      .map((name) => name.asString());
  }

  protected override get label(): string {
    return this.path;
  }

  protected override async capture(blobs: BlobStore): Promise<Digest> {
    return await captureTree(blobs, join(__dirname, '..', 'elements', this.path), {
      label: this.path,
      code: 'SOURCE',
      filter: (path) => !path.includes('__pycache__') && this.include?.includes(path) !== false,
    });
  }
}

/** Kind `bundled`. */
export const bundled: SourceKind = { kind: 'bundled', formatVersion: 1, create: (meta) => new BundledSource(meta) };
