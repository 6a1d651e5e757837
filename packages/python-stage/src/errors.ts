declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** Tests cannot be run as the options say. */
    TEST_OPTIONS: true;
    /** A development environment cannot be created, or not at that path. */
    VENV: true;
    /** Something cannot or must not be published. */
    PUBLISH: true;
    /** The option `formats` has no valid value. */
    FORMATS: true;
    /** A service that tests use cannot be read, started or reached. */
    SERVICE: true;
  }
}

/** The codes of user errors that `@wheelhouse/python-stage` adds to those of the packages below it. @public */
export type PythonStageErrorCode = 'TEST_OPTIONS' | 'VENV' | 'PUBLISH' | 'FORMATS' | 'SERVICE';
