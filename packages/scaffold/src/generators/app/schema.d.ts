// Made from schema.json: `npm run generate`.

/**
 * Creates a Python application with its tests and its build stage.
 */
export interface AppGeneratorSchema {
  /**
   * The distribution name (PEP 508); `my-app` gets the package `my_app`.
   */
  name: string;
  /**
   * The directory, relative to the workspace; defaults to the name, below `apps` if that directory exists.
   */
  directory?: string;
  /**
   * A description of the application, in one line.
   */
  description?: string;
  /**
   * The framework.
   */
  framework?: 'django' | 'fastapi' | 'flask' | 'cli' | 'none';
  /**
   * Where its metadata is: in setup.py, with a pyproject.toml that names the build backend, or in pyproject.toml alone (PEP 621).
   */
  packaging?: 'setup.py' | 'pyproject';
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
   * The database of the tests; defaults to `postgres` for Django, or else none.
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
