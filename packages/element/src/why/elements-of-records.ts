import type { KeyedElement, KeyedElements } from './keyed-element.js';
import { readInputs } from './read-inputs.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord, Key } from '../plugin/ports.js';

/** Elements as they were when they were built. */
export class ElementsOfRecords implements KeyedElements {
  /**
   * @param recordOf a record, whether or not its artifact is still whole
   * @param blobs where directories of sources are read
   */
  constructor(
    private readonly recordOf: (key: Key) => Promise<ArtifactRecord | undefined>,
    private readonly blobs: BlobStore,
  ) {}

  /** @returns `undefined` if there is no record, or it is that of an action */
  async find(key: Key): Promise<KeyedElement | undefined> {
    const record = await this.recordOf(key);
    const inputs = record === undefined ? undefined : readInputs(record.inputs);
    if (record === undefined || inputs === undefined) return undefined;
    const { element: name, kind, dependencies, sources = [] } = record;
    return {
      name,
      kind,
      key,
      inputs,
      dependencies,
      sources: inputs.sources.map((_, index) => {
        const facts = sources[index] ?? undefined;
        return { blobs: this.blobs, ...(facts === undefined ? {} : { facts }) };
      }),
    };
  }
}
