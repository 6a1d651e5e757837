// Made from schema.json: `npm run generate`.

/**
 * Writes an element file (.bst), and the element project around it if there is none.
 */
export interface ElementGeneratorSchema {
  /**
   * The name of the element, with or without `.bst`; missing directories are created.
   */
  name: string;
  /**
   * The directory of the element project, relative to the workspace; a missing project.conf is written.
   */
  directory: string;
  /**
   * The kind of element: built by commands, assembled by commands from its dependencies, imported files, or a group of elements.
   */
  kind?: 'manual' | 'script' | 'import' | 'stack';
  /**
   * Elements of the project that it depends on.
   */
  depends?: string[];
  /**
   * The source file or directory, relative to the element project.
   */
  source?: string;
}
