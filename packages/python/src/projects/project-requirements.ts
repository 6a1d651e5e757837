import { ElementError } from '@wheelhouse/element';
import { checkLocation, localProject } from './local-project.js';
import { extrasOf, requiredToRun, requiredToTest, type CountedSettings } from './required-by.js';
import { resolvedFrom } from './python-floor.js';
import type { ProjectRequirements } from '../lockfile/freshness.js';
import { DEFAULT_PRERELEASES, type LockSettings } from '../metadata/settings/lock-settings.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { settingLines } from '../metadata/settings/resolution-settings.js';
import { parseAddress, variablesIn } from '../requirements/address.js';
import { bothMarkers, conjuncts, formatMarker, mayHold, type Marker } from '../requirements/marker.js';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { lowerBound, satisfies } from '../requirements/specifier.js';

/** Which extras and groups count, and which pre-releases may be. */
export interface RequirementsOptions extends CountedSettings, Pick<LockSettings, 'prereleases'> {
  /** Where what a marker restricts has to fit the projects of the workspace; absent if that is not asked. */
  readonly environment?: MarkerEnvironment | undefined;
}

type Expansion = Pick<RequirementsOptions, 'environment'> & { readonly workspace: readonly ProjectMetadata[] };

/**
 * What a project requires of indexes: its own requirements, and in the place of each project of the workspace that it
 * depends on, that project's. No name of the workspace is left, so that none can be answered by an index.
 *
 * @throws ElementError RESOLUTION if a local project cannot answer a requirement, METADATA for an address that nothing can be
 *   taken from
 */
export function projectRequirements(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: RequirementsOptions = {},
): ProjectRequirements {
  const expansion = { workspace, environment: options.environment };
  checkSelf(project, workspace);
  const runtime = expand(requiredToRun(project, options), project, expansion);
  const bound = project.requiresPython === undefined ? undefined : lowerBound(project.requiresPython);
  const python = bound === undefined ? undefined : resolvedFrom(bound);
  const { constraints = [], buildConstraints = [], prereleases: anyPrerelease = false } = project.fromFiles ?? {};
  const { resolution } = project;
  const ofFiles = anyPrerelease ? 'allow' : undefined;
  const prereleases = options.prereleases ?? ofFiles ?? resolution?.prereleases ?? DEFAULT_PRERELEASES;
  const allConstraints = [...constraints, ...(resolution?.constraints ?? [])];
  const allBuildConstraints = [...buildConstraints, ...(resolution?.buildConstraints ?? [])];
  const settings = settingLines(resolution?.settings ?? {});
  const { extraBuild = {} } = project;
  return {
    runtime,
    test: distinct([...runtime, ...expand(requiredToTest(project, options), project, expansion)]),
    build: distinct(
      expand([...project.buildSystem.requires, ...(extraBuild[project.normalizedName] ?? [])], project, expansion),
    ),
    ...(Object.keys(extraBuild).length === 0 ? {} : { extraBuild }),
    ...(allConstraints.length === 0 ? {} : { constraints: distinct(allConstraints) }),
    ...(allBuildConstraints.length === 0 ? {} : { buildConstraints: distinct(allBuildConstraints) }),
    ...(settings.length === 0 ? {} : { settings }),
    ...((resolution?.overrides ?? []).length === 0 ? {} : { overrides: resolution?.overrides ?? [] }),
    ...(prereleases === DEFAULT_PRERELEASES ? {} : { prereleases }),
    ...(python === undefined ? {} : { python }),
  };
}

/**
 * A project that requires its own name means something else by it, which nothing can answer. With extras it means its own,
 * and by a path itself.
 */
function checkSelf(project: ProjectMetadata, workspace: readonly ProjectMetadata[]): void {
  const self = project.dependencies.find(
    (requirement) =>
      requirement.url === undefined &&
      requirement.extras.length === 0 &&
      localProject(requirement, workspace) === project,
  );
  if (self === undefined) return;
  throw new ElementError({
    code: 'RESOLUTION',
    message: `\`${project.name}\` requires \`${formatRequirement(self)}\`, which is its own name`,
    origin: self.origin,
    hint: 'if you mean a distribution from an index, rename the project',
  });
}

/** What requirements come to when each project of the workspace among them is replaced by what it requires. */
function expand(
  requirements: readonly Requirement[],
  project: ProjectMetadata,
  { workspace, environment }: Expansion,
): Requirement[] {
  const found: Requirement[] = [];
  const visited = new Visited();
  const visit = (list: readonly Requirement[], marker: Marker | undefined, owner: ProjectMetadata): void => {
    for (const written of list) {
      const requirement = fromSource(written, owner, workspace);
      const both = bothMarkers(requirement.marker, marker);
      const local = localProject(requirement, workspace);
      if (local === undefined) {
        found.push(checkAddress(both === undefined ? requirement : { ...requirement, marker: both }));
        continue;
      }
      checkLocation(requirement, local, workspace);
      // What holds elsewhere alone is checked there.
      if (both === undefined || (environment !== undefined && mayHold(both, environment))) {
        checkLocal(requirement, local);
      }
      if (local !== project && visited.isNew(local.normalizedName, both)) visit(local.dependencies, both, local);
      for (const extra of requirement.extras) {
        if (visited.isNew(`${local.normalizedName}[${extra}]`, both)) visit(extrasOf(local, [extra]), both, local);
      }
    }
  };
  visit(requirements, undefined, project);
  return distinct(found);
}

/** What was visited under which markers: again under one that holds less often, nothing new comes of it. */
class Visited {
  private readonly markers = new Map<string, ReadonlySet<string>[]>();

  isNew(what: string, marker: Marker | undefined): boolean {
    const before = this.markers.get(what) ?? [];
    const wanted = new Set(conjuncts(marker).map(formatMarker));
    if (before.some((known) => [...known].every((each) => wanted.has(each)))) return false;
    this.markers.set(what, [...before, wanted]);
    return true;
  }
}

/** A requirement with the address that settings of the project which has it give its name. */
function fromSource(
  requirement: Requirement,
  owner: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
): Requirement {
  const source = owner.resolution?.sources.find((each) => each.package === requirement.normalizedName);
  if (source === undefined || requirement.url !== undefined) return requirement;
  if (source.url !== undefined) return { ...requirement, specifier: '', url: source.url };
  if (localProject(requirement, workspace) !== undefined) return requirement;
  throw new ElementError({
    code: 'RESOLUTION',
    message: `\`${requirement.name}\` comes from the workspace, which has no project of that name`,
    origin: source.origin,
    hint: 'make it a project of the workspace, or remove its `workspace = true` from `[tool.uv.sources]`',
  });
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
      message: `\`${formatRequirement(requirement)}\` requests the extra \`${missing}\`, which the project \`${local.root}\` does not have`,
      origin: requirement.origin,
    });
  }
  if (local.version === undefined || satisfies(local.version, requirement.specifier)) return;
  throw new ElementError({
    code: 'RESOLUTION',
    message: `\`${formatRequirement(requirement)}\` does not fit the project \`${local.root}\`, whose version is \`${local.version}\``,
    origin: requirement.origin,
    hint: 'projects of the workspace are never taken from an index: change the requirement or the version',
  });
}

function distinct(requirements: readonly Requirement[]): Requirement[] {
  return [...new Map(requirements.map((requirement) => [formatRequirement(requirement), requirement])).values()];
}
