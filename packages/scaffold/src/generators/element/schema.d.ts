/** The options of the generator `element`. */
export interface ElementGeneratorSchema {
  /** With `.bst` or without. */
  readonly name: string;
  /** The directory with the project.conf, relative to the workspace. */
  readonly directory: string;
  readonly kind?: 'manual' | 'script' | 'import' | 'stack';
  /** Elements that it needs. */
  readonly depends?: readonly string[];
  /** A file or directory of the project that it is made from. */
  readonly source?: string;
}
