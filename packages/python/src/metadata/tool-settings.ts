import type { ExtraBuildDependencies } from './extra-build-dependencies.js';
import type { ProjectIndexes } from './index-binding.js';
import type { ResolutionSettings } from './settings/resolution-settings.js';

/** What a project's files tell uv, Poetry and PDM of how it is resolved and built. Plain data. */
export interface ToolSettings {
  /** Where its distributions come from, as its files say; absent if they say nothing. */
  readonly indexes?: ProjectIndexes;
  /** uv's `extra-build-dependencies`; absent if there are none. */
  readonly extraBuild?: ExtraBuildDependencies;
  /** The file with the settings of uv that count for it, relative to the workspace; absent if there are none. */
  readonly uvSettings?: string;
  /** All files with settings of uv that count for it, relative to the workspace; absent if there are none. */
  readonly uvFiles?: readonly string[];
  /** What settings of other tools say of how its requirements are resolved; absent if they say nothing. */
  readonly resolution?: ResolutionSettings;
}
