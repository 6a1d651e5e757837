/** Resolves the requirements of a Python project and writes its locks. */
export interface LockExecutorSchema {
  /** Upgrades to the newest versions: of everything, or of the given distributions. Without it, locked versions are kept if they still fit. */
  readonly upgrade?: boolean | string | readonly string[];
  /** Uses the versions of uv.lock or pylock.toml, as the first run does if there is one. */
  readonly adopt?: boolean;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Retries builds that failed before and have not changed since. */
  readonly retryFailed?: boolean;
}
