import type { Origin } from '@wheelhouse/element';
import type { PrereleaseMode } from './lock-settings.js';
import type { Requirement } from '../../requirements/requirement.js';

/** Where a name of a project's requirements comes from, as `[tool.uv.sources]` and Poetry's tables say. Plain data. */
export interface RequirementSource {
  /** Normalised. */
  readonly package: string;
  /** A direct reference, in its one spelling; absent for a project of the workspace. */
  readonly url?: string;
  readonly origin: Origin;
}

/** What other tools' settings say of how a project's requirements are resolved. Plain data. */
export interface ResolutionSettings {
  readonly constraints: readonly Requirement[];
  readonly buildConstraints: readonly Requirement[];
  /** uv's `--prerelease`. */
  readonly prereleases?: PrereleaseMode;
  /** Settings that uv is given as they are, by their names in uv.toml. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The overrides among them as they are written: addresses may have credentials, which settings do not. */
  readonly overrides?: readonly Requirement[];
  readonly sources: readonly RequirementSource[];
}

/** Settings that count for what builds require too. */
const OF_BUILDS = ['exclude-newer', 'exclude-newer-package'];

/** Settings in one spelling, a line each, sorted: `name = <JSON>`. */
export function settingLines(settings: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
    .sort();
}

/** Those of {@link settingLines} that builds have too. */
export function buildSettings(lines: readonly string[]): string[] {
  return lines.filter((line) => OF_BUILDS.some((key) => line.startsWith(`${key} = `)));
}

/** The settings of lines. */
export function parseSettings(lines: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(' = ');
      return [line.slice(0, at), JSON.parse(line.slice(at + 3)) as unknown];
    }),
  );
}
