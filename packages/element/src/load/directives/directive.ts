import type { ErrorCollector } from '../../base/error-collector.js';
import type { Documents } from '../documents/documents.js';
import type { MappingNode, Node } from '../node.js';

/** What the loading of a document works with. */
export interface LoadContext {
  /** The documents of the project that the document belongs to. */
  readonly documents: Documents;
  /** Takes the errors that do not end the loading. */
  readonly errors: ErrorCollector;
}

/**
 * A key that stands for what is to be put into its dictionary (BuildStream reference: directives). Those that change a
 * list of the layer below are not among these: they are carried out where layers are composed.
 */
export interface Directive {
  readonly key: string;
  /**
   * Carries out the directive in one dictionary.
   *
   * @param dictionary without the directive
   * @param value what the dictionary had under the directive's key
   * @returns what takes the dictionary's place
   * @throws ElementError INVALID_DATA if the directive is not written as it must be
   */
  apply(dictionary: MappingNode, value: Node, context: LoadContext): MappingNode | Promise<MappingNode>;
}
