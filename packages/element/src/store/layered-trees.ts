import type { BlobStore } from '../cas/blob-store.js';
import type { Digest } from '../cas/digest.js';
import type { Layer } from '../cas/layer.js';
import { walkTree } from '../cas/tree.js';
import type { CheckoutOptions, KeptTree, LocalTrees } from '../plugin/local-ports.js';
import { LayeredBlobStore } from './layered-blob-store.js';

/** Fetches what is still in a far store of a tree, before the tree becomes a directory of this machine. */
export class LayeredTrees implements LocalTrees {
  private readonly layered: BlobStore;
  private readonly fetched = new Set<string>();

  /** @param trees makes directories of trees whose blobs are all in `near` */
  constructor(
    private readonly trees: LocalTrees,
    private readonly near: BlobStore,
    private readonly far: BlobStore,
  ) {
    this.layered = new LayeredBlobStore(near, far);
  }

  async keep(layer: Layer): Promise<KeptTree | undefined> {
    await this.fetch(layer.tree);
    return await this.trees.keep(layer);
  }

  async checkOut(tree: Digest, destination: string, options?: CheckoutOptions): Promise<void> {
    await this.fetch(tree);
    await this.trees.checkOut(tree, destination, options);
  }

  private async fetch(tree: Digest): Promise<void> {
    if (this.fetched.has(tree.hash)) return;
    const files = new Map<string, Digest>();
    // Reading its directories through both layers keeps them near.
    for await (const entry of walkTree(this.layered, tree)) {
      if (entry.type === 'file') files.set(entry.digest.hash, entry.digest);
    }
    for (const digest of await this.near.findMissing([...files.values()])) {
      await this.near.write(digest, this.far.read(digest));
    }
    this.fetched.add(tree.hash);
  }
}
