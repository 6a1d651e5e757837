declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A project's `locks/` lacks a file it needs. */
    LOCK_MISSING: true;
    /** A lock answers other requirements than the project has now. */
    LOCK_STALE: true;
    /** A lock is no file that `lock` writes. */
    LOCK_INVALID: true;
    /** A distribution's bytes are not those of its lock. */
    LOCK_HASH: true;
    /** No Python interpreter fits the project. */
    INTERPRETER: true;
    /** A project's metadata is absent, wrong or cannot be read without running it. */
    METADATA: true;
    /** Requirements without a common answer. */
    RESOLUTION: true;
    /** Two projects of the workspace carry one distribution name. */
    DUPLICATE_DISTRIBUTION: true;
    /** A path that leads out of the workspace. */
    OUTSIDE_WORKSPACE: true;
    /** The private tools environment cannot be made. */
    TOOLS: true;
    /** An index does not have, or does not give, a distribution. */
    FETCH: true;
  }
}

/** The codes of user errors that `@wheelhouse/python` adds to those of `@wheelhouse/element`. */
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
