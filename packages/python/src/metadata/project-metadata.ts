import type { Origin } from '@wheelhouse/element';
import type { DeclaredMetadata } from './declared-metadata.js';
import type { FileRequirements } from './file-requirements.js';
import type { ToolSettings } from './tool-settings.js';
import type { VcsSettings } from './vcs/vcs-settings.js';
import type { Requirement } from '../requirements/requirement.js';
import type { BuildSystem } from './build-system.js';
import type { NamedFile } from './named/named-file.js';
import type { PackagedPattern } from './packaged/packaged-pattern.js';

/** What a Python project says of itself, read without running any of it. Plain data. */
export interface ProjectMetadata extends ToolSettings {
  /** The project's directory relative to the workspace, `/`-separated; `.` for the workspace itself. */
  readonly root: string;
  /** As written. */
  readonly name: string;
  readonly normalizedName: string;
  /** Absent if the project computes it when it is built. */
  readonly version?: string;
  /** How that is computed from the repository's tags, where it is. */
  readonly vcsVersion?: VcsSettings;
  readonly description?: string;
  /** A specifier set. */
  readonly requiresPython?: string;
  /** What it requires when it runs: what it declares, and what its requirements files hold. */
  readonly dependencies: readonly Requirement[];
  /** By normalised extra. */
  readonly optionalDependencies: Readonly<Record<string, readonly Requirement[]>>;
  /** By normalised group (PEP 735), included groups put in. */
  readonly dependencyGroups: Readonly<Record<string, readonly Requirement[]>>;
  readonly buildSystem: BuildSystem;
  /** Whether no compiler can be needed to build its wheel; absent if one may be. */
  readonly isPure?: boolean;
  /** Names of packages of the distribution that it is built with and tested on; absent if it names none. */
  readonly systemPackages?: readonly string[];
  /** What requirements files say beside {@link dependencies}; absent if there are none. */
  readonly fromFiles?: FileRequirements;
  /** Which of this a built wheel has to say, too; absent if it was not read from files. */
  readonly declared?: DeclaredMetadata;
  /** The files that the metadata names, for its backend to read; absent if it names none. */
  readonly namedFiles?: readonly NamedFile[];
  /** The patterns by which it says what its distributions hold; absent if there are none. */
  readonly patterns?: readonly PackagedPattern[];
  /** Where what has no origin of its own was said. */
  readonly origins: {
    readonly name: Origin;
    readonly version?: Origin;
    readonly requiresPython?: Origin;
    readonly buildSystem: Origin;
  };
}

/**
 * Everything that a project requires in any way: when it runs, with its extras and groups, for tests, to be built, and
 * what its dependencies are built with.
 */
export function everythingRequired(project: ProjectMetadata): readonly Requirement[] {
  return [
    ...project.dependencies,
    ...Object.values(project.optionalDependencies).flat(),
    ...Object.values(project.dependencyGroups).flat(),
    ...(project.fromFiles?.test ?? []),
    ...project.buildSystem.requires,
    ...Object.values(project.extraBuild ?? {}).flat(),
  ];
}
