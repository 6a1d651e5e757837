declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A directory cannot be checked out into. */
    CHECKOUT: true;
    /** There is no workspace, or its nx.json cannot be read. */
    WORKSPACE: true;
    /** An option of the plugin's entry in nx.json is not valid. */
    PLUGIN_OPTIONS: true;
    /** An option of a target is not valid. */
    TARGET_OPTIONS: true;
  }
}

/** The codes of user errors that this package adds to those of the packages below it. @public */
export type BuildErrorCode = 'CHECKOUT' | 'WORKSPACE' | 'PLUGIN_OPTIONS' | 'TARGET_OPTIONS';
