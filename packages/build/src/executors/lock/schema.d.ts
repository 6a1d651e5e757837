// Made from schema.json: `npm run generate`.

/**
 * Resolves the requirements of a Python project and writes its locks.
 */
export interface LockExecutorSchema {
  /**
   * Upgrades to the newest versions: of everything, or of the given distributions. Without it, locked versions are kept if they still fit.
   */
  upgrade?: boolean | string | string[];
  /**
   * Uses the versions of uv.lock or pylock.toml, as the first run does if there is one.
   */
  adopt?: boolean;
  /**
   * Shows the output of builds while they run.
   */
  verbose?: boolean;
  /**
   * Retries builds that failed before and have not changed since.
   */
  retryFailed?: boolean;
  /**
   * The arguments of the command line that are not options of Nx.
   */
  __unparsed__?: string[];
}
