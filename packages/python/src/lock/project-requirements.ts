import { ElementError } from '@wheelhouse/element';
import type { ProjectRequirements } from '../locks/freshness.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { bothMarkers } from '../requirements/marker.js';
import { normalizeName } from '../requirements/name.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { lowerBound, satisfies } from '../requirements/specifier.js';

/** Which of a project's requirements are those of its tests. */
export interface RequirementsOptions {
  /** Extras; those a project does not have count for nothing. */
  readonly testExtras?: readonly string[];
  /** Dependency groups, likewise. */
  readonly testGroups?: readonly string[];
}

const TEST_NAMES = ['test', 'tests', 'testing'];

/**
 * What a project requires of indexes: its own requirements, and in the place of each project of the workspace that it
 * depends on, that project's. No name of the workspace is left, so that none can be answered by an index.
 *
 * @throws ElementError RESOLUTION where a local project cannot answer a requirement, METADATA for a requirement by URL
 */
export function projectRequirements(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: RequirementsOptions = {},
): ProjectRequirements {
  const locals = new Map(workspace.map((each) => [each.normalizedName, each]));
  const { testExtras = TEST_NAMES, testGroups = TEST_NAMES } = options;
  const tests = [
    ...testExtras.flatMap((extra) => project.optionalDependencies[normalizeName(extra)] ?? []),
    ...testGroups.flatMap((group) => project.dependencyGroups[normalizeName(group)] ?? []),
  ];
  const runtime = expand(project.dependencies, project, locals);
  const python = project.requiresPython === undefined ? undefined : lowerBound(project.requiresPython);
  for (const requirement of project.buildSystem.requires) {
    if (locals.has(requirement.normalizedName)) {
      throw new ElementError({
        code: 'RESOLUTION',
        message: `the build requirement \`${formatRequirement(requirement)}\` is a project of this workspace`,
        origin: requirement.origin,
        hint: 'put an in-tree backend on `build-system.backend-path`, or build with a published distribution',
      });
    }
  }
  return {
    runtime,
    test: distinct([...runtime, ...expand(tests, project, locals)]),
    build: distinct(expand(project.buildSystem.requires, project, locals)),
    ...(python === undefined ? {} : { python }),
  };
}

/** The projects of the workspace that a project needs when it runs, dependencies first, itself left out. */
export function localDependencies(project: ProjectMetadata, workspace: readonly ProjectMetadata[]): ProjectMetadata[] {
  const locals = new Map(workspace.map((each) => [each.normalizedName, each]));
  const found = new Map<string, ProjectMetadata>();
  const open = new Set([project.normalizedName]);
  const visit = (requirements: readonly Requirement[]): void => {
    for (const requirement of requirements) {
      const local = locals.get(requirement.normalizedName);
      if (local === undefined || open.has(local.normalizedName)) continue;
      open.add(local.normalizedName);
      visit([...local.dependencies, ...extrasOf(local, requirement.extras)]);
      found.set(local.normalizedName, local);
    }
  };
  visit(project.dependencies);
  return [...found.values()];
}

function expand(
  requirements: readonly Requirement[],
  project: ProjectMetadata,
  locals: ReadonlyMap<string, ProjectMetadata>,
): Requirement[] {
  const found: Requirement[] = [];
  const seen = new Set<string>();
  const visit = (list: readonly Requirement[], marker: Requirement['marker']): void => {
    for (const requirement of list) {
      const both = bothMarkers(requirement.marker, marker);
      const applied = both === undefined ? requirement : { ...requirement, marker: both };
      const local = locals.get(requirement.normalizedName);
      if (local === undefined) {
        found.push(checkIndexed(applied));
        continue;
      }
      const line = formatRequirement(applied);
      if (seen.has(line)) continue;
      seen.add(line);
      checkLocal(requirement, local);
      if (local !== project) visit(local.dependencies, both);
      visit(extrasOf(local, requirement.extras), both);
    }
  };
  visit(requirements, undefined);
  return distinct(found);
}

function extrasOf(project: ProjectMetadata, extras: readonly string[]): Requirement[] {
  return extras.flatMap((extra) => project.optionalDependencies[extra] ?? []);
}

function checkIndexed(requirement: Requirement): Requirement {
  if (requirement.url === undefined) return requirement;
  throw new ElementError({
    code: 'METADATA',
    message: `\`${requirement.name}\` is required from \`${requirement.url}\`, and locks name no address`,
    origin: requirement.origin,
    hint: 'require a version of it that an index has, or make it a project of the workspace',
  });
}

function checkLocal(requirement: Requirement, local: ProjectMetadata): void {
  const missing = requirement.extras.find((extra) => local.optionalDependencies[extra] === undefined);
  if (missing !== undefined) {
    throw new ElementError({
      code: 'RESOLUTION',
      message: `\`${formatRequirement(requirement)}\` asks for the extra \`${missing}\`, which the project \`${local.root}\` does not have`,
      origin: requirement.origin,
    });
  }
  if (local.version === undefined || satisfies(local.version, requirement.specifier)) return;
  throw new ElementError({
    code: 'RESOLUTION',
    message: `\`${formatRequirement(requirement)}\` does not fit the project \`${local.root}\`, whose version is \`${local.version}\``,
    origin: requirement.origin,
    hint: 'projects of the workspace are never asked of an index: change the requirement or the version',
  });
}

function distinct(requirements: readonly Requirement[]): Requirement[] {
  return [...new Map(requirements.map((requirement) => [formatRequirement(requirement), requirement])).values()];
}
