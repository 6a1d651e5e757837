import type { ElementError, ElementErrors } from '@wheelhouse/element';
import type { ProjectMetadata, TestPlaces } from '@wheelhouse/python/internal';
import type { LockedDistribution } from './locked-distributions.js';
import type { DeclaredProject } from '../workspace/project-name.js';

/** What the files of a Python project say. Plain data but for an error. */
export interface ProjectFacts {
  /** Its metadata, or why it cannot be read and what it may be called. */
  readonly read:
    | { readonly metadata: ProjectMetadata }
    | { readonly error: ElementError | ElementErrors; readonly names: readonly string[] };
  readonly locked: readonly LockedDistribution[];
  readonly tests: TestPlaces;
  readonly hasTests: boolean;
}

/** What the files of a directory say that may be a project. */
export interface PlaceFacts {
  /** Its metadata files, relative to the workspace; the first of them stands for the project. None if it is not one. */
  readonly files: readonly string[];
  readonly declared: DeclaredProject;
  /** Absent if it is not a Python project. */
  readonly project?: ProjectFacts;
}

/** What the facts of a directory depend on beside its files: the options that it is read with. */
export type FactsKey = string;
