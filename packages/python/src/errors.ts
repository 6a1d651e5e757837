declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A project's `locks/` lacks a file it needs. */
    LOCK_MISSING: true;
    /** A lock does not match the current requirements of the project. */
    LOCK_STALE: true;
    /** A lock is not a file as written by `lock`. */
    LOCK_INVALID: true;
    /** A distribution does not match the hash in its lock. */
    LOCK_HASH: true;
    /** No Python interpreter fits the project. */
    INTERPRETER: true;
    /** A project's metadata is missing, wrong or cannot be read without running code. */
    METADATA: true;
    /** Requirements cannot be satisfied together. */
    RESOLUTION: true;
    /** Two projects of the workspace have the same distribution name. */
    DUPLICATE_DISTRIBUTION: true;
    /** A path is outside the workspace. */
    OUTSIDE_WORKSPACE: true;
    /** The private tools environment cannot be created. */
    TOOLS: true;
    /** A distribution is not on an index, or cannot be downloaded. */
    FETCH: true;
  }
}

/** The codes of user errors that `@wheelhouse/python` adds to those of `@wheelhouse/element`. @public */
export type PythonErrorCode =
  | 'LOCK_MISSING'
  | 'LOCK_STALE'
  | 'LOCK_INVALID'
  | 'LOCK_HASH'
  | 'INTERPRETER'
  | 'METADATA'
  | 'RESOLUTION'
  | 'DUPLICATE_DISTRIBUTION'
  | 'OUTSIDE_WORKSPACE'
  | 'TOOLS'
  | 'FETCH';
