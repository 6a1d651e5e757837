import type { Json } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Digest } from '../cas/digest.js';
import { emptyTree, writeBlob, writeTree } from '../cas/tree.js';
import type { MappingNode } from '../load/node.js';
import { Source, type Consistency, type SourceKind } from '../plugin/source.js';

/** One file, with a text that the element itself holds. */
export class TextSource extends Source {
  private file = '';
  private text = '';

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['name', 'text']);
    this.file = this.nodeGetScalar(node, 'name').asString();
    this.text = this.nodeGetScalar(node, 'text').asString();
  }

  override getUniqueKey(): Json {
    return { name: this.file, text: this.text };
  }

  override async consistency(): Promise<Consistency> {
    return await Promise.resolve('cached');
  }

  override async fetch(to: BlobStore): Promise<Digest> {
    const tree = emptyTree();
    const digest = await writeBlob(to, this.text);
    tree.files.set(this.file, { name: this.file, digest, isExecutable: false });
    return await writeTree(to, tree);
  }
}

/** Kind `text`. */
export const text: SourceKind = { kind: 'text', formatVersion: 1, create: (meta) => new TextSource(meta) };
