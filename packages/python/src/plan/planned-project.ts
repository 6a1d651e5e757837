import type { EjectedTemplates } from './ejected-templates.js';
import type { ImageLayer } from '../image/base-image.js';
import type { Interpreter } from '../interpreter/interpreter.js';
import type { LockSettings } from '../locks/lock-settings.js';
import type { Lock, ProjectLocks } from '../locks/lock.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import type { VersionCommits } from '../metadata/vcs/vcs-environment.js';
import type { Crate } from '../rust/crate.js';
import type { RustToolchain } from '../rust/rust-toolchain.js';
import type { GeneratedFiles } from '../sources/generated-files.js';
import { WHEEL_EXCLUDES } from '../sources/source-set.js';
import type { TestPlaces } from '../test-files/test-places.js';

/** How a project is built, where it differs from the defaults. */
export interface ProjectSettings extends LockSettings {
  /** Who calls the build backend. Default `hook`. */
  readonly frontend?: 'hook' | 'pip';
  /** Globs, relative to the project, of files that are no source of the wheel, beside the defaults. */
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
}

/** Everything that the elements of a project are made from. */
export interface PlannedProject {
  readonly metadata: ProjectMetadata;
  readonly locks: ProjectLocks;
  readonly interpreter: Interpreter;
  readonly settings: ProjectSettings;
  /** Where it has tests beside its directories of tests; absent where nobody looked. */
  readonly tests?: TestPlaces;
  /** The templates that it has of its own; absent where nobody looked. */
  readonly ejected?: EjectedTemplates;
  /** The projects of the workspace that its wheel is built with, dependencies first; absent where there are none. */
  readonly builtWith?: readonly PlannedProject[];
  /** Where a build lock has a backend that runs cargo. */
  readonly rust?: RustToolchain;
  /** Where the project's own has: the crates of its Cargo.lock. */
  readonly crates?: readonly Crate[];
}

/** A base image that an application is installed on. */
export interface PlannedBase {
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
  /** Variables that the base's programs need to be found and to run. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The lock that the project's own wheel is built with. */
export function buildLockOf({ metadata, locks }: PlannedProject): Lock {
  const lock = locks.build.get(metadata.normalizedName);
  if (lock === undefined) throw new Error(`the locks of ${metadata.name} were read without its build lock`);
  return lock;
}

/** Projects with all that their wheels are built with, at whatever depth. */
export function withBuildTools(projects: readonly PlannedProject[]): PlannedProject[] {
  return projects.flatMap((project) => [project, ...withBuildTools(project.builtWith ?? [])]);
}

/**
 * Settings of a project that lies around others: their files are no sources of its wheel unless the options include
 * them.
 *
 * @param inner see `innerProjects`
 */
export function withInnerProjects(settings: ProjectSettings, inner: readonly string[]): ProjectSettings {
  const excluded = inner.filter((glob) => settings.include?.includes(glob) !== true);
  return excluded.length === 0 ? settings : { ...settings, exclude: [...(settings.exclude ?? []), ...excluded] };
}

/** The globs of what is no source of a wheel. */
export function wheelExcludes(settings: ProjectSettings): string[] {
  const included = new Set(settings.include ?? []);
  return [...WHEEL_EXCLUDES.filter((glob) => !included.has(glob)), ...(settings.exclude ?? [])];
}
