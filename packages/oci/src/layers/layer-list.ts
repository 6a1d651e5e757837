import { ElementError, type Digest, type ScalarNode, type SequenceNode, type Source } from '@wheelhouse/element';
import { formatDigest, parseDigest } from '@wheelhouse/element/internal';
import type { ImageLayer } from '../format/base-image.js';

/**
 * Layers as documents list them: each has `blob` (`sha256:<hex>/<bytes>`), `media-type` and `diff-id`.
 *
 * @param source whose configuration it is @throws ElementError INVALID_DATA
 */
export function layersOf(source: Source, list: SequenceNode): readonly ImageLayer[] {
  return list.mappings().map((layer) => {
    source.nodeValidate(layer, ['blob', 'media-type', 'diff-id']);
    return {
      blob: blobOf(layer.required('blob', layer.scalar('blob'))),
      mediaType: source.nodeGetMember(layer, 'str', 'media-type'),
      diffId: source.nodeGetMember(layer, 'str', 'diff-id'),
    };
  });
}

/** A layer as documents have it. */
export type ListedLayer = Readonly<Record<'blob' | 'media-type' | 'diff-id', string>>;

/** What {@link layersOf} reads. */
export function layerList(layers: readonly ImageLayer[]): ListedLayer[] {
  return layers.map(({ blob, mediaType, diffId }) => ({
    blob: formatDigest(blob),
    'media-type': mediaType,
    'diff-id': diffId,
  }));
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
