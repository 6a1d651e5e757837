declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A base image that cannot be used, or an image that is to be other than it can be. */
    IMAGE: true;
    /** The engine of containers does not answer, or does not do what it is asked for. */
    ENGINE: true;
  }
}

/** The codes of user errors that `@wheelhouse/oci` adds to those of `@wheelhouse/element`. */
export type OciErrorCode = 'IMAGE' | 'ENGINE';
