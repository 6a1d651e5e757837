declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** One name means different distributions on two indexes. */
    DEPENDENCY_CONFUSION: true;
  }
}

/** The codes of user errors that `@wheelhouse/python-lock` adds to those of `@wheelhouse/python`. @public */
export type PythonLockErrorCode = 'DEPENDENCY_CONFUSION';
