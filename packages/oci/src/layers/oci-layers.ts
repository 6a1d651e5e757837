import {
  ElementError,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
  type MappingNode,
  type ScalarNode,
  type SourceKind,
} from '@wheelhouse/element';
import { parseDigest, writeTree } from '@wheelhouse/element/internal';
import type { ImageLayer } from '../format/base-image.js';

/**
 * The root of an image whose layers are in the store (docs/adr/0036). It is identified by the content of the layers,
 * regardless of their compression.
 *
 * Configuration: `layers`, each with `blob` (`sha256:<hex>/<bytes>`), `media-type` and `diff-id`.
 */
export class OciLayersSource extends Source {
  private layers: readonly ImageLayer[] = [];

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'layers']);
    this.layers = this.nodeGetMember(node, 'list', 'layers')
      .mappings()
      .map((layer) => {
        this.nodeValidate(layer, ['blob', 'media-type', 'diff-id']);
        return {
          blob: blobOf(layer.required('blob', layer.scalar('blob'))),
          mediaType: this.nodeGetMember(layer, 'str', 'media-type'),
          diffId: this.nodeGetMember(layer, 'str', 'diff-id'),
        };
      });
  }

  override getUniqueKey(): Json {
    return this.layers.map(({ diffId }) => diffId);
  }

  override consistency(): Promise<Consistency> {
    return Promise.resolve('cached');
  }

  /** @throws ElementError IMAGE */
  override async fetch(to: BlobStore): Promise<Digest> {
    // What reads archives is loaded only for a root that is not in the store yet.
    const { readLayer } = await import('./layer-changes.js');
    const { RootTree } = await import('./root-tree.js');
    const missing = await to.findMissing(this.layers.map(({ blob }) => blob));
    if (missing.length > 0)
      throw new ElementError({ code: 'IMAGE', message: `${this.name}: a layer is not in the store` });
    const root = new RootTree();
    const temporary = await this.services.store.scratch.directory();
    try {
      for (const layer of this.layers) root.apply(await readLayer(to, layer, temporary.path));
    } finally {
      await temporary.dispose();
    }
    return await writeTree(to, root.tree);
  }
}

function blobOf(node: ScalarNode): Digest {
  const blob = parseDigest(node.asString());
  if (blob !== undefined) return blob;
  throw new ElementError({
    code: 'INVALID_DATA',
    message: `\`${node.asString()}\` is not \`sha256:<hex>/<bytes>\``,
    origin: node.origin,
  });
}

/** Kind `oci-layers`. */
export const ociLayers: SourceKind = {
  kind: 'oci-layers',
  formatVersion: 1,
  create: (meta) => new OciLayersSource(meta),
};
