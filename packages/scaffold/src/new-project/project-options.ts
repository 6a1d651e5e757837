/** The options of the generators that make a project. */
export interface PythonProjectOptions {
  /** The distribution's name (PEP 508). */
  readonly name: string;
  /** Relative to the workspace; the name if it is not given, below `apps` or `libs` if there is one. */
  readonly directory?: string;
  readonly description?: string;
  readonly framework?: string;
  readonly packaging?: string;
  /** A path, a command or a version, which Nx may hand on as a number. */
  readonly python?: string | number;
  readonly base?: string;
  readonly pin?: string;
  readonly database?: string;
  readonly databaseImage?: string;
  readonly volumesFrom?: boolean;
  /** Default: true. */
  readonly lock?: boolean;
}

/** How metadata is written down. */
export type Packaging = 'setup.py' | 'pyproject';
export const PACKAGINGS: readonly Packaging[] = ['setup.py', 'pyproject'];
