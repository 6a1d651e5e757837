import { ElementError, type BlobStore, type Digest, type SourceStore } from '@wheelhouse/element';
import { writeTree } from '@wheelhouse/element/internal';
import type { ImageLayer } from '../format/base-image.js';

/**
 * Lays layers that are in a store over one another, and keeps the tree that they make.
 *
 * @param name what messages call the image @throws ElementError IMAGE
 */
export async function applyLayers(
  to: BlobStore,
  layers: readonly ImageLayer[],
  { name, scratch }: { readonly name: string; readonly scratch: SourceStore['scratch'] },
): Promise<Digest> {
  // What reads archives is loaded only for a root that is not in the store yet.
  const { readLayer } = await import('./layer-changes.js');
  const { RootTree } = await import('./root-tree.js');
  const missing = await to.findMissing(layers.map(({ blob }) => blob));
  if (missing.length > 0) throw new ElementError({ code: 'IMAGE', message: `${name}: a layer is not in the store` });
  const root = new RootTree();
  const temporary = await scratch.directory();
  try {
    for (const layer of layers) root.apply(await readLayer(to, layer, temporary.path));
  } finally {
    await temporary.dispose();
  }
  return await writeTree(to, root.tree);
}
