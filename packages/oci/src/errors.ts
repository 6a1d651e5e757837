declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A base image cannot be used, or an image cannot be built as requested. */
    IMAGE: true;
    /** The container engine does not respond, or a request to it failed. */
    ENGINE: true;
  }
}

/** The codes of user errors that `@wheelhouse/oci` adds to those of `@wheelhouse/element`. @public */
export type OciErrorCode = 'IMAGE' | 'ENGINE';
