import { ElementError } from '@wheelhouse/element';
import { localProject } from './local-project.js';
import { extrasOf, requiredToRun, requiredToTest, type CountedSettings } from './required-by.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { mayHold } from '../requirements/marker.js';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';
import type { Requirement } from '../requirements/requirement.js';

/**
 * What a project of the workspace is needed for: `runtime` where it is installed with the application, `test` where its
 * tests alone need it, `build` where the wheel of the application or of a project it needs is built with it.
 */
export type LocalUse = 'runtime' | 'test' | 'build';

/** A project of the workspace that another one needs. */
export interface LocalMember {
  readonly project: ProjectMetadata;
  /** Its directory relative to the workspace; `.` for the workspace itself. */
  readonly root: string;
  /** Never empty. */
  readonly uses: readonly LocalUse[];
  /** The requirements and constraints files that its metadata is read from, relative to the workspace. */
  readonly files: readonly string[];
}

/** Which extras and groups count, and where. */
export interface ClosureOptions extends CountedSettings {
  /** What is known of the environment: a requirement whose marker cannot hold there requires nothing. Default: nothing. */
  readonly environment?: Partial<MarkerEnvironment>;
}

/**
 * The projects of the workspace that building, testing and running a project takes, itself left out. Each comes after
 * those that it requires, unless these require it in turn.
 */
export function localClosure(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: ClosureOptions = {},
): LocalMember[] {
  const runtime = localDependencies(project, workspace, options);
  const test = localTestDependencies(project, workspace, options);
  const build = new Set<ProjectMetadata>();
  const seen = new Set([project]);
  const visitTools = (each: ProjectMetadata): void => {
    for (const tool of localBuildDependencies(each, workspace, options)) {
      if (seen.has(tool)) continue;
      seen.add(tool);
      visitTools(tool);
      build.add(tool);
    }
  };
  for (const each of [project, ...runtime, ...test]) visitTools(each);
  const uses = [
    ['build', [...build]],
    ['runtime', runtime],
    ['test', test],
  ] as const;
  const members = new Map<ProjectMetadata, LocalUse[]>();
  for (const [use, needed] of uses) {
    for (const each of needed) members.set(each, [...(members.get(each) ?? []), use]);
  }
  return [...members].map(([each, needed]) => ({
    project: each,
    root: each.root,
    uses: needed,
    files: each.fromFiles?.files ?? [],
  }));
}

/** That a project of the workspace is required by another one, without what it requires in turn. */
export interface LocalRequirement {
  readonly project: ProjectMetadata;
  readonly use: LocalUse;
  /** The requirement that says so, where it is the requiring project's own; absent for one of an extra of another. */
  readonly requirement?: Requirement;
}

/** The projects of the workspace that a project requires, each once for a use: by its name, by its place, by extras. */
export function localRequirements(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: ClosureOptions = {},
): LocalRequirement[] {
  const { environment = {} } = options;
  const required = {
    build: project.buildSystem.requires,
    runtime: requiredToRun(project, options),
    test: requiredToTest(project, options),
  };
  return (['build', 'runtime', 'test'] as const).flatMap((use) => {
    const found = new Map<ProjectMetadata, LocalRequirement>();
    const extras = new Set<string>();
    const visit = (requirements: readonly Requirement[], isOwn: boolean): void => {
      for (const requirement of requirements) {
        if (!mayHold(requirement.marker, environment)) continue;
        const local = localProject(requirement, workspace);
        if (local === undefined) continue;
        if (local !== project && found.get(local)?.requirement === undefined) {
          found.set(local, { project: local, use, ...(isOwn ? { requirement } : {}) });
        }
        for (const extra of requirement.extras) {
          const key = `${local.normalizedName}[${extra}]`;
          if (extras.has(key)) continue;
          extras.add(key);
          visit(extrasOf(local, [extra]), isOwn && local === project);
        }
      }
    };
    visit(required[use], true);
    return [...found.values()];
  });
}

/** The projects of the workspace that are installed with a project, dependencies first, itself left out. */
export function localDependencies(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: ClosureOptions = {},
): ProjectMetadata[] {
  return installed(requiredToRun(project, options), workspace, options, project);
}

/** Those that only its tests need, likewise. */
export function localTestDependencies(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: ClosureOptions = {},
): ProjectMetadata[] {
  const required = [...requiredToRun(project, options), ...requiredToTest(project, options)];
  const runtime = new Set(localDependencies(project, workspace, options));
  return installed(required, workspace, options, project).filter((each) => !runtime.has(each));
}

/** Those that its wheel is built with, likewise; itself is among them where they need it. */
export function localBuildDependencies(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  options: Pick<ClosureOptions, 'environment'> = {},
): ProjectMetadata[] {
  return installed(project.buildSystem.requires, workspace, options);
}

/**
 * Wheels cannot need one another to be built. That projects require one another when they run is no such cycle.
 *
 * @throws ElementError RESOLUTION naming each project of the cycle
 */
export function checkBuildCycle(
  project: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
  environment: Partial<MarkerEnvironment>,
): void {
  const done = new Set<ProjectMetadata>();
  const visit = (at: ProjectMetadata, path: readonly ProjectMetadata[]): void => {
    const start = path.indexOf(at);
    if (start >= 0) throw buildCycle([...path.slice(start), at]);
    if (done.has(at)) return;
    for (const tool of localBuildDependencies(at, workspace, { environment })) visit(tool, [...path, at]);
    done.add(at);
  };
  visit(project, []);
}

function buildCycle(cycle: readonly ProjectMetadata[]): ElementError {
  const steps = cycle.slice(1).map((each, index) => `\`${cycle[index]?.name ?? ''}\` is built with \`${each.name}\``);
  return new ElementError({
    code: 'RESOLUTION',
    message: `the wheels of these workspace projects need each other to be built: ${steps.join(', ')}`,
    origin: cycle[0]?.origins.buildSystem,
    hint: 'remove one of them from `build-system.requires`, or from the requirements of a project listed there; put a backend inside the project on `build-system.backend-path`',
  });
}

/** What comes of the workspace with these requirements, besides `own`, which already exists. */
function installed(
  required: readonly Requirement[],
  workspace: readonly ProjectMetadata[],
  { environment = {} }: Pick<ClosureOptions, 'environment'>,
  own?: ProjectMetadata,
): ProjectMetadata[] {
  const found: ProjectMetadata[] = [];
  const seen = new Set<ProjectMetadata>(own === undefined ? [] : [own]);
  const extras = new Set<string>();
  const visit = (requirements: readonly Requirement[]): void => {
    for (const requirement of requirements) {
      if (!mayHold(requirement.marker, environment)) continue;
      const local = localProject(requirement, workspace);
      if (local === undefined) continue;
      const isNew = !seen.has(local);
      seen.add(local);
      if (isNew) visit(local.dependencies);
      for (const extra of requirement.extras) {
        const key = `${local.normalizedName}[${extra}]`;
        if (extras.has(key)) continue;
        extras.add(key);
        visit(extrasOf(local, [extra]));
      }
      if (isNew) found.push(local);
    }
  };
  visit(required);
  return found;
}
