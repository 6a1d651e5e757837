declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A directory cannot take what is to be checked out into it. */
    CHECKOUT: true;
    /** There is no workspace, or its nx.json cannot be read. */
    WORKSPACE: true;
    /** An option of the plugin's entry in nx.json is not as it must be. */
    PLUGIN_OPTIONS: true;
    /** An option of a target is not as it must be. */
    TARGET_OPTIONS: true;
  }
}

/** The codes of user errors that this package adds to those of the packages below it. */
export type BuildErrorCode = 'CHECKOUT' | 'WORKSPACE' | 'PLUGIN_OPTIONS' | 'TARGET_OPTIONS';
