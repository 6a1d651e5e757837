import type { KeyedElement, KeyedElements, KeyedSource } from './keyed-element.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { ElementKeys } from '../key/element-key.js';
import { CapturedSource } from '../plugin/captured-source.js';
import type { Element } from '../plugin/element.js';
import type { Key } from '../plugin/ports.js';
import type { Source } from '../plugin/source.js';

/** Elements as they are now, built or not. */
export class ElementsOfGraph implements KeyedElements {
  private readonly byKey: ReadonlyMap<Key, Element>;

  /** @param blobs where the directories of sources are that are not files of this machine */
  constructor(
    elements: readonly Element[],
    private readonly keys: ElementKeys,
    private readonly blobs: BlobStore,
  ) {
    this.byKey = new Map(elements.map((element) => [keys.key(element), element]));
  }

  find(key: Key): Promise<KeyedElement | undefined> {
    const element = this.byKey.get(key);
    if (element === undefined) return Promise.resolve(undefined);
    return Promise.resolve({
      name: element.name,
      kind: element.kind,
      key,
      inputs: this.keys.inputs(element),
      dependencies: element.closure('build').map((each) => ({ name: each.name, key: this.keys.key(each) })),
      sources: element.sources.map((source) => this.sourceOf(source)),
    });
  }

  private sourceOf(source: Source): KeyedSource {
    const facts = source.describe?.();
    const blobs = source instanceof CapturedSource ? source.located.blobs : this.blobs;
    return { blobs, ...(facts === undefined ? {} : { facts }) };
  }
}
