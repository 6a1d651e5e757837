import type { BlobStore } from '../cas/blob-store.js';
import type { KeyInputs } from '../key/element-key.js';
import type { Key } from '../plugin/ports.js';
import type { SourceFacts } from '../plugin/source-facts.js';

/** What is known of a source whose identity is among the inputs of a key. */
export interface KeyedSource {
  /** Absent for a kind that does not tell. */
  readonly facts?: SourceFacts;
  /** Where the directories of its trees are, if they are still kept. */
  readonly blobs: BlobStore;
}

/** An element at the time when it had that key. */
export interface KeyedElement {
  readonly name: string;
  readonly kind: string;
  readonly key: Key;
  readonly inputs: KeyInputs;
  /** In the order of `inputs.dependencies`. */
  readonly dependencies: readonly { readonly name: string; readonly key: Key }[];
  /** In the order of `inputs.sources`. */
  readonly sources: readonly KeyedSource[];
}

/** Where elements are looked up by their keys: the graph of now, records, or what another machine has written. */
export interface KeyedElements {
  /** @returns `undefined` if nothing is known of that key */
  find(key: Key): Promise<KeyedElement | undefined>;
}
