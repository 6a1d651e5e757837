import type { LockSettings } from '../locks/lock-settings.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { TEST_NAMES } from '../metadata/requirements-settings.js';
import { normalizeName } from '../requirements/name.js';
import type { Requirement } from '../requirements/requirement.js';

/** Which extras and groups of a project count. */
export type CountedSettings = Pick<LockSettings, 'extras' | 'testExtras' | 'testGroups'>;

/** What a project requires when it runs, with the extras that are installed with it. */
export function requiredToRun(project: ProjectMetadata, { extras = [] }: CountedSettings): readonly Requirement[] {
  return [...project.dependencies, ...extrasOf(project, extras)];
}

/** What its tests require beside that. */
export function requiredToTest(
  project: ProjectMetadata,
  { testExtras = TEST_NAMES, testGroups = TEST_NAMES }: CountedSettings,
): readonly Requirement[] {
  return [
    ...extrasOf(project, testExtras),
    ...testGroups.flatMap((group) => project.dependencyGroups[normalizeName(group)] ?? []),
    ...(project.fromFiles?.test ?? []),
  ];
}

/** What extras of a project require; those it does not have require nothing. */
export function extrasOf(project: ProjectMetadata, extras: readonly string[]): readonly Requirement[] {
  return extras.flatMap((extra) => project.optionalDependencies[normalizeName(extra)] ?? []);
}
