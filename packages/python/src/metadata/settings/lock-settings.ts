import type { RequirementsSettings } from '../requirements-settings.js';

/** Which pre-releases an answer may hold: the modes of uv's `--prerelease`. */
export type PrereleaseMode = (typeof PRERELEASE_MODES)[number];

/** All modes. */
export const PRERELEASE_MODES = ['disallow', 'allow', 'if-necessary', 'explicit', 'if-necessary-or-explicit'] as const;

/** uv's own choice. */
export const DEFAULT_PRERELEASES: PrereleaseMode = 'if-necessary-or-explicit';

/** What decides what a project's locks have to answer, beside its metadata. */
export interface LockSettings extends RequirementsSettings {
  /** Extras of the project that are installed with it; those it does not have count for nothing. */
  readonly extras?: readonly string[];
  readonly prereleases?: PrereleaseMode;
}
