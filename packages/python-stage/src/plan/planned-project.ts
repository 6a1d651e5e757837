import type { ImageLayer } from '@wheelhouse/oci/internal';
import type { OwnProject } from '@wheelhouse/python/internal';
import type { Lock, ProjectLocks, Crate } from '@wheelhouse/python/lockfile';
import type { RustToolchain } from '@wheelhouse/python/rust';
import type { EjectedTemplates } from './ejected-templates.js';
import type { ToolchainNeed } from './toolchain-element.js';

/** Everything that the elements of a project are made from. */
export interface PlannedProject extends OwnProject, ToolchainNeed {
  readonly locks: ProjectLocks;
  /** Its own templates; absent if not determined. */
  readonly ejected?: EjectedTemplates;
  /** The projects of the workspace that its wheel is built with, dependencies first; absent if there are none. */
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

/** Projects with everything that their wheels are built with, recursively. */
export function withBuildTools(projects: readonly PlannedProject[]): PlannedProject[] {
  return projects.flatMap((project) => [project, ...withBuildTools(project.builtWith ?? [])]);
}
