import { ElementError } from '@wheelhouse/element';
import { checkLocation, localProject } from './local-project.js';
import type { ProjectRequirements } from '../locks/freshness.js';
import { DEFAULT_PRERELEASES, type LockSettings } from '../locks/lock-settings.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { TEST_NAMES } from '../metadata/requirements-settings.js';
import { parseAddress, variablesIn } from '../requirements/address.js';
import { bothMarkers } from '../requirements/marker.js';
import { normalizeName } from '../requirements/name.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { lowerBound, satisfies } from '../requirements/specifier.js';

/** Which extras and groups count, and which pre-releases may be. */
export type RequirementsOptions = Pick<LockSettings, 'extras' | 'testExtras' | 'testGroups' | 'prereleases'>;

/**
 * What a project requires of indexes: its own requirements, and in the place of each project of the workspace that it
 * depends on, that project's. No name of the workspace is left, so that none can be answered by an index.
 *
 * @throws ElementError RESOLUTION where a local project cannot answer a requirement, METADATA for an address that nothing can be
 *   taken from
 */
export function projectRequirements(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: RequirementsOptions = {},
): ProjectRequirements {
  const { extras = [], testExtras = TEST_NAMES, testGroups = TEST_NAMES } = options;
  const tests = [
    ...testExtras.flatMap((extra) => project.optionalDependencies[normalizeName(extra)] ?? []),
    ...testGroups.flatMap((group) => project.dependencyGroups[normalizeName(group)] ?? []),
    ...(project.fromFiles?.test ?? []),
  ];
  const runtime = expand([...project.dependencies, ...extrasOf(project, extras)], project, workspace);
  const python = project.requiresPython === undefined ? undefined : lowerBound(project.requiresPython);
  for (const requirement of project.buildSystem.requires) {
    if (localProject(requirement, workspace) !== undefined) {
      throw new ElementError({
        code: 'RESOLUTION',
        message: `the build requirement \`${formatRequirement(requirement)}\` is a project of this workspace`,
        origin: requirement.origin,
        hint: 'put an in-tree backend on `build-system.backend-path`, or build with a published distribution',
      });
    }
  }
  const { constraints = [], buildConstraints = [], prereleases: anyPrerelease = false } = project.fromFiles ?? {};
  const prereleases = options.prereleases ?? (anyPrerelease ? 'allow' : DEFAULT_PRERELEASES);
  return {
    runtime,
    test: distinct([...runtime, ...expand(tests, project, workspace)]),
    build: distinct(expand(project.buildSystem.requires, project, workspace)),
    ...(constraints.length === 0 ? {} : { constraints: distinct(constraints) }),
    ...(buildConstraints.length === 0 ? {} : { buildConstraints: distinct(buildConstraints) }),
    ...(prereleases === DEFAULT_PRERELEASES ? {} : { prereleases }),
    ...(python === undefined ? {} : { python }),
  };
}

/**
 * The projects of the workspace that a project needs when it runs, dependencies first, itself left out.
 *
 * @param extras those of its extras that are installed with it
 */
export function localDependencies(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  extras: readonly string[] = [],
): ProjectMetadata[] {
  const found = new Map<string, ProjectMetadata>();
  const open = new Set([project.normalizedName]);
  const visit = (requirements: readonly Requirement[]): void => {
    for (const requirement of requirements) {
      const local = localProject(requirement, workspace);
      if (local === undefined || open.has(local.normalizedName)) continue;
      open.add(local.normalizedName);
      visit([...local.dependencies, ...extrasOf(local, requirement.extras)]);
      found.set(local.normalizedName, local);
    }
  };
  visit([...project.dependencies, ...extrasOf(project, extras)]);
  return [...found.values()];
}

function expand(
  requirements: readonly Requirement[],
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
): Requirement[] {
  const found: Requirement[] = [];
  const seen = new Set<string>();
  const visit = (list: readonly Requirement[], marker: Requirement['marker']): void => {
    for (const requirement of list) {
      const both = bothMarkers(requirement.marker, marker);
      const applied = both === undefined ? requirement : { ...requirement, marker: both };
      const local = localProject(requirement, workspace);
      if (local === undefined) {
        found.push(checkAddress(applied));
        continue;
      }
      const line = formatRequirement(applied);
      if (seen.has(line)) continue;
      seen.add(line);
      checkLocation(requirement, local, workspace);
      checkLocal(requirement, local);
      if (local !== project) visit(local.dependencies, both);
      visit(extrasOf(local, requirement.extras), both);
    }
  };
  visit(requirements, undefined);
  return distinct(found);
}

function extrasOf(project: ProjectMetadata, extras: readonly string[]): Requirement[] {
  return extras.flatMap((extra) => project.optionalDependencies[normalizeName(extra)] ?? []);
}

/** What variables hold is not looked at before the address is asked. */
function checkAddress(requirement: Requirement): Requirement {
  const { url, origin } = requirement;
  if (url !== undefined && variablesIn(url).length === 0) parseAddress(url, origin);
  return requirement;
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
