import type { LockSettings } from '../metadata/settings/lock-settings.js';
import type { VersionCommits } from '../metadata/vcs/vcs-environment.js';
import type { GeneratedFiles } from '../files/generated-files.js';
import { WHEEL_EXCLUDES } from '../files/source-set.js';

/** How a project is built, if it differs from the defaults. */
export interface ProjectSettings extends LockSettings {
  /** Who calls the build backend. Default `hook`. */
  readonly frontend?: 'hook' | 'pip';
  /** Globs, relative to the project, of files that are not sources of the wheel, beside the defaults. */
  readonly exclude?: readonly string[];
  /** Globs, relative to the project, of files that are sources of the wheel although the defaults exclude them. */
  readonly include?: readonly string[];
  /** Files, directories and globs of either, relative to the workspace, that are staged with the project. */
  readonly shared?: readonly string[];
  /** Files that git ignores and tasks make, which are sources of the wheel. */
  readonly generated?: readonly GeneratedFiles[];
  /** Which commits a version from git counts. Default `all`, as the tools do. */
  readonly versionCommits?: VersionCommits;
  /** Globs, relative to the project, of files that tests are made of, beside the defaults. */
  readonly testInclude?: readonly string[];
  /** Normalised names of distributions that are built from their sdists although there are wheels. */
  readonly noBinary?: readonly string[];
  /** What wheels are built with and tests run on. Default: `packages` where the machine has a package database, else `host`. */
  readonly toolchain?: ToolchainChoice;
  /** Names of installed packages that builds and tests need beside the usual ones. */
  readonly systemPackages?: readonly string[];
}

/** What can be chosen as a toolchain (docs/adr/0103, docs/adr/0111). */
export type ToolchainChoice = 'packages' | 'host' | ImageChoice | DebianChoice;

/** The root of an image. */
export interface ImageChoice {
  /** Where it is, as the option `base` of release images has it. */
  readonly image: string;
}

/** Packages of Debian, or of a distribution made from it, as a mirror has them. */
export interface DebianChoice {
  readonly debian: DebianPackagesChoice;
}

/** Which packages are chosen, and where they are. */
export interface DebianPackagesChoice {
  /** Of one version of a package, that of the suite that is listed first is taken. */
  readonly suites: readonly string[];
  /** Default: `main`. */
  readonly components?: readonly string[];
  /** URL; default: what apt of the machine has for each suite. */
  readonly mirror?: string;
  /** Absolute path of the keys that sign the suites. */
  readonly keyring?: string;
  /** Whether signatures are not looked at. */
  readonly trusted?: boolean;
  /** Names of packages for builds and tests beside the usual ones. */
  readonly packages?: readonly string[];
}

/**
 * Settings of a project that is around others: their files are not sources of its wheel unless the options include
 * them.
 *
 * @param inner see `innerProjects`
 */
export function withInnerProjects(settings: ProjectSettings, inner: readonly string[]): ProjectSettings {
  const excluded = inner.filter((glob) => settings.include?.includes(glob) !== true);
  return excluded.length === 0 ? settings : { ...settings, exclude: [...(settings.exclude ?? []), ...excluded] };
}

/** The globs of what is not a source of a wheel. */
export function wheelExcludes(settings: ProjectSettings): string[] {
  const included = new Set(settings.include ?? []);
  return [...WHEEL_EXCLUDES.filter((glob) => !included.has(glob)), ...(settings.exclude ?? [])];
}
