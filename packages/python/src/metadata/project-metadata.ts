import type { Origin } from '@wheelhouse/element';
import type { DeclaredMetadata } from './declared-metadata.js';
import type { FileRequirements } from './file-requirements.js';
import type { ExtraBuildDependencies } from './extra-build-dependencies.js';
import type { ProjectIndexes } from './project-indexes.js';
import type { ResolutionSettings } from './settings/resolution-settings.js';
import type { VcsSettings } from './vcs/vcs-settings.js';
import type { Requirement } from '../requirements/requirement.js';

/** What builds a project (PEP 517, PEP 518). */
export interface BuildSystem {
  /** Static build requirements; setuptools where the project names none. */
  readonly requires: readonly Requirement[];
  /** The backend object, as `module:object`. */
  readonly backend: string;
  /** In-tree directories the backend is imported from, relative to the project. */
  readonly backendPath: readonly string[];
}

/** A file that a project's metadata names. Plain data. */
export interface NamedFile {
  /** Relative to the project, `/`-separated; it may lead out of it, as `../LICENSE` does. */
  readonly path: string;
  /** Whether the path is a pattern, which may match nothing. */
  readonly glob?: true;
  /** Whether the build writes the file: it need not be there before. */
  readonly written?: true;
  /** Whether it is for the sdist alone. */
  readonly sdist?: true;
  /** Whether it is a licence. */
  readonly licence?: true;
  /** What names it. */
  readonly origin: Origin;
}

/** A pattern by which a project says what its distributions hold. Plain data. */
export interface PackagedPattern {
  /** As written. */
  readonly pattern: string;
  /** What it means relative to the project; of package data, relative to where packages are installed. */
  readonly globs: readonly string[];
  /** Of package data: the package, empty for every one. */
  readonly package?: string;
  /** The command that it stands in with others, of which one may do for all. */
  readonly together?: string;
  readonly origin: Origin;
}

/** What a Python project says of itself, read without running any of it. Plain data. */
export interface ProjectMetadata {
  /** The project's directory relative to the workspace, `/`-separated; `.` for the workspace itself. */
  readonly root: string;
  /** As written. */
  readonly name: string;
  readonly normalizedName: string;
  /** Absent where the project computes it when it is built. */
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
  /** What requirements files say beside {@link dependencies}; absent where there are none. */
  readonly fromFiles?: FileRequirements;
  /** Where its distributions come from, as its files say; absent where they say nothing. */
  readonly indexes?: ProjectIndexes;
  /** uv's `extra-build-dependencies`; absent where there are none. */
  readonly extraBuild?: ExtraBuildDependencies;
  /** The file with the settings of uv that count for it, relative to the workspace; absent where there are none. */
  readonly uvSettings?: string;
  /** All files with settings of uv that count for it, relative to the workspace; absent where there are none. */
  readonly uvFiles?: readonly string[];
  /** What settings of other tools say of how its requirements are resolved; absent where they say nothing. */
  readonly resolution?: ResolutionSettings;
  /** Which of this a built wheel has to say, too; absent where it was not read from files. */
  readonly declared?: DeclaredMetadata;
  /** The files that the metadata names, for its backend to read; absent where it names none. */
  readonly namedFiles?: readonly NamedFile[];
  /** The patterns by which it says what its distributions hold; absent where there are none. */
  readonly patterns?: readonly PackagedPattern[];
  /** Where what has no origin of its own was said. */
  readonly origins: {
    readonly name: Origin;
    readonly version?: Origin;
    readonly requiresPython?: Origin;
    readonly buildSystem: Origin;
  };
}

/** What PEP 517 and setuptools take for granted where `[build-system]` or its backend is absent. */
export const DEFAULT_BACKEND = 'setuptools.build_meta:__legacy__';
/** PEP 518: what a project without `[build-system]` is built with. */
export const DEFAULT_BUILD_REQUIREMENT = 'setuptools>=40.8.0';

/** Backends that have nothing to do with setuptools, by the module they are in. */
const OTHER_BACKENDS =
  /^(?:hatchling|flit_core|pdm|poetry|poetry_dynamic_versioning|maturin|mesonpy|scikit_build_core|uv_build|sipbuild|whey)\b/;

/**
 * Whether a backend reads setup.py, setup.cfg and `[tool.setuptools]`: all that are not known to be another's do, since
 * backends of a project's own mostly wrap setuptools'.
 */
export function readsSetupPy(backend: string): boolean {
  return !OTHER_BACKENDS.test(backend);
}

/** Everything that a project requires, in whatever way: when it runs, with its extras and groups, for tests, to be built, and what its dependencies are built with. */
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
