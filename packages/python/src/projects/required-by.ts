import type { LockSettings } from '../metadata/settings/lock-settings.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { DEVELOPMENT_NAME, TEST_NAMES } from '../metadata/requirements-settings.js';
import { normalizeName } from '../requirements/name.js';
import type { Requirement } from '../requirements/requirement.js';

/** Which extras and groups of a project count. */
export type CountedSettings = Pick<LockSettings, 'extras' | 'testExtras' | 'testGroups'>;

/** What a project requires when it runs, with the extras that are installed with it. */
export function requiredToRun(project: ProjectMetadata, { extras = [] }: CountedSettings): readonly Requirement[] {
  return [...project.dependencies, ...extrasOf(project, extras)];
}

/**
 * What its tests require beside that: the extras and groups of tests, and files of requirements. If no option names
 * any and the project has none of these, it is what development requires, which is where `uv add --dev`, `pdm add --dev`
 * and `poetry add --group dev` write pytest (docs/adr/0079).
 */
export function requiredToTest(project: ProjectMetadata, settings: CountedSettings): readonly Requirement[] {
  const { testExtras = TEST_NAMES, testGroups = TEST_NAMES } = settings;
  const isSaid = settings.testExtras !== undefined || settings.testGroups !== undefined;
  const files = project.fromFiles?.test ?? [];
  if (!isSaid && files.length === 0 && !hasAnyOf(project, TEST_NAMES)) {
    return [...extrasOf(project, [DEVELOPMENT_NAME]), ...groupsOf(project, [DEVELOPMENT_NAME])];
  }
  return [...extrasOf(project, testExtras), ...groupsOf(project, testGroups), ...files];
}

function hasAnyOf({ optionalDependencies, dependencyGroups }: ProjectMetadata, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(optionalDependencies, name) || Object.hasOwn(dependencyGroups, name));
}

function groupsOf(project: ProjectMetadata, groups: readonly string[]): readonly Requirement[] {
  return groups.flatMap((group) => project.dependencyGroups[normalizeName(group)] ?? []);
}

/** What extras of a project require; those it does not have require nothing. */
export function extrasOf(project: ProjectMetadata, extras: readonly string[]): readonly Requirement[] {
  return extras.flatMap((extra) => project.optionalDependencies[normalizeName(extra)] ?? []);
}
