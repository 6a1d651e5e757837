// Made from schema.json: `npm run generate`.

/**
 * Copies an element template of a Python project into the project, to customize it.
 */
export interface EjectGeneratorSchema {
  /**
   * What the template is for: the project's wheel, its sdist, its tests, the installation of its wheels into the test environment, the environments of its locks, or the backend hooks run while locking.
   */
  template: 'wheel' | 'sdist' | 'test' | 'installed' | 'env' | 'hook';
  /**
   * The name of the project. Pass this or `directory`.
   */
  project?: string;
  /**
   * The directory of the project, relative to the workspace.
   */
  directory?: string;
}
