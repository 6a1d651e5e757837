import {
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
  type MappingNode,
  type SourceKind,
} from '@wheelhouse/element';
import { applyLayers } from './apply-layers.js';
import { layersOf } from './layer-list.js';
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
    this.layers = layersOf(this, this.nodeGetMember(node, 'list', 'layers'));
  }

  override getUniqueKey(): Json {
    return this.layers.map(({ diffId }) => diffId);
  }

  override consistency(): Promise<Consistency> {
    return Promise.resolve('cached');
  }

  /** @throws ElementError IMAGE */
  override async fetch(to: BlobStore): Promise<Digest> {
    return await applyLayers(to, this.layers, { name: this.name, scratch: this.services.store.scratch });
  }
}

/** Kind `oci-layers`. */
export const ociLayers: SourceKind = {
  kind: 'oci-layers',
  formatVersion: 1,
  create: (meta) => new OciLayersSource(meta),
};
