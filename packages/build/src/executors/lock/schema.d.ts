/** Resolves what a Python project requires and writes its locks. */
export interface LockExecutorSchema {
  /** Takes the newest versions: of everything, or of the distributions named. Without it, versions are kept where they still fit. */
  readonly upgrade?: boolean | string | readonly string[];
  /** Takes the versions of uv.lock or pylock.toml, as the first run does where there is one. */
  readonly adopt?: boolean;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Tries again what failed before and has not changed since. */
  readonly retryFailed?: boolean;
}
