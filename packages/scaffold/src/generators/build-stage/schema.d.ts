// Made from schema.json: `npm run generate`.

/**
 * Adds a Docker build stage to an existing Python project: writes the missing files, and changes no existing line.
 */
export interface BuildStageGeneratorSchema {
  /**
   * The name of the project. Pass this or `directory`.
   */
  project?: string;
  /**
   * The directory of the project, relative to the workspace.
   */
  directory?: string;
  /**
   * The distribution name (PEP 508) if no file has it; defaults to the name of the directory.
   */
  name?: string;
  /**
   * The interpreter: a path, a command or a version; defaults to that of `.python-version`, or else the first suitable one on PATH.
   */
  python?: string | number;
  /**
   * The base image, with python3, its venv module and bash; defaults to `python:X.Y-slim`.
   */
  base?: string;
  /**
   * Whether to pin images by digest: if a Docker engine knows the digest, always, or never.
   */
  pin?: 'auto' | 'always' | 'never';
  /**
   * The database of the tests; defaults to the one whose driver is required.
   */
  database?: 'postgres' | 'mysql' | 'none';
  /**
   * The image of the database, with or without a digest.
   */
  databaseImage?: string;
  /**
   * Shares the downloaded files with `volumes_from` instead of a named volume.
   */
  volumesFrom?: boolean;
  /**
   * Creates missing locks after the files are written.
   */
  lock?: boolean;
}
