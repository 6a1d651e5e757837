import { toMapping, type MappingNode } from '../load/node.js';
import type { Element } from '../plugin/element.js';
import type { ArtifactRecord } from '../plugin/ports.js';

/** The public data of artifacts, as their builds left it. Read from each record once. */
export class ArtifactPublicData {
  private readonly read = new WeakMap<ArtifactRecord, MappingNode>();

  /** What an artifact's record holds; what its element declares where a record, such as an older one, holds none. */
  of(element: Element, record: ArtifactRecord): MappingNode {
    if (record.public === undefined) return element.public;
    const known = this.read.get(record) ?? toMapping(record.public, element.origin);
    this.read.set(record, known);
    return known;
  }
}
