declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** Tests cannot be run as the options say. */
    TEST_OPTIONS: true;
    /** A development environment cannot be made, or not there. */
    VENV: true;
    /** Something cannot or must not be published. */
    PUBLISH: true;
    /** What a project is to be built as is no choice there is. */
    FORMATS: true;
    /** A service that tests ask for cannot be read, started or reached. */
    SERVICE: true;
  }
}

/** The codes of user errors that `@wheelhouse/python-stage` adds to those of the packages below it. */
export type PythonStageErrorCode = 'TEST_OPTIONS' | 'VENV' | 'PUBLISH' | 'FORMATS' | 'SERVICE';
