import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import {
  localBuildDependencies,
  buildFloors,
  type ProjectMetadata,
  formatRequirement,
  type Interpreter,
  type Requirement,
} from '@wheelhouse/python/internal';
import { machineLines, NO_MACHINE_SETTINGS, type MachineSettings } from '@wheelhouse/python/fetch';
import { requirementLines, type Lock, type LockEntry, type ProjectLocks } from '@wheelhouse/python/lockfile';
import { buildSettings } from '@wheelhouse/python/metadata';
import { checkAdopted, foreignPreferences, notKept } from './adoption.js';
import { BuildLocks } from '../resolving/build-locks.js';
import { groupLimits, type GroupLimits } from './group-limits.js';
import { groupPython } from './group-python.js';
import { restrictToHashes } from '../resolving/hash-restriction.js';
import type { HookRunner } from '../hooks/hook-runner.js';
import { IndexOffers } from '../resolving/index-offers.js';
import { IndexRouter } from '../resolving/index-router.js';
import { locksOf, type GroupResolution, type LockMember } from './member-locks.js';
import { preferencesOf, preferredOver, type Upgrade } from '../resolving/preferences.js';
import { changesOf, type LockChanges } from './publication.js';
import { Resolver } from '../resolving/resolver.js';
import { Uv, type UvContext } from '../resolving/uv.js';
import { Vendor } from '../vendoring/vendor.js';

/** What is to be locked. */
export interface LockInput {
  /** The projects that share one resolution, each root once. A project that shares with none is a group of one. */
  readonly members: readonly LockMember[];
  /** The name of the resolve that they are; absent for a project that shares with none. */
  readonly resolve?: string | undefined;
  /** Every project of the workspace. */
  readonly workspace: readonly ProjectMetadata[];
  /** The workspace's directory, absolute. */
  readonly workspaceDirectory: string;
  /** Names whose versions are not kept; `all` for none. */
  readonly upgrade?: Upgrade;
  /** Names of distributions that are built from their sdists although there are wheels. */
  readonly noBinary?: readonly string[];
  /** What the machine says of versions. */
  readonly machine?: MachineSettings;
}

/** What locking uses. */
export interface LockServices extends UvContext {
  /** What builds are made for. */
  readonly interpreter: Interpreter;
  readonly hooks: HookRunner;
}

/**
 * Resolves what a group of projects requires, all of it at once, and makes the locks of each: `test.txt`, its part of
 * that resolution; `runtime.txt`, the part of it that its runtime needs; and `build/`, one for the project and one for
 * each sdist that is built. Nothing is written.
 *
 * @throws ElementError RESOLUTION, DEPENDENCY_CONFUSION, FETCH, LOCK_HASH; what the hook runner throws
 */
export async function lockGroup(input: LockInput, services: LockServices): Promise<LockChanges> {
  const router = await IndexRouter.start(services.settings);
  try {
    return await lockThrough(router, input, services);
  } finally {
    await router.stop();
  }
}

async function lockThrough(router: IndexRouter, input: LockInput, services: LockServices): Promise<LockChanges> {
  const { members, resolve = '', upgrade } = input;
  const downloads = join(services.temporary, 'sdists');
  await mkdir(downloads, { recursive: true });
  const uv = new Uv({
    ...services,
    settings: router.settings,
    environment: router.environment(services.environment),
    readable: (words) => router.readable(words),
  });
  const uvVersion = await uv.version();
  const limits = groupLimits(members, resolve);
  const machine = machineLines(input.machine ?? NO_MACHINE_SETTINGS, limits.settings);
  const previous = (locks: (member: LockMember) => Lock | undefined): readonly LockEntry[] =>
    preferencesOf(
      members.map((member) => locks(member)?.entries),
      upgrade,
    );
  const buildLocks = new BuildLocks({
    hooks: services.hooks,
    interpreter: services.interpreter,
    fetch: services,
    downloads,
    locals: new Set(input.workspace.map((each) => each.normalizedName)),
    builtWith: (project) =>
      new Set(localBuildDependencies(project, input.workspace).map((each) => each.normalizedName)),
    noBinary: new Set(input.noBinary),
    uvVersion,
    previous: (sdist) => previous((member) => member.previous?.build.get(sdist)),
    extra: limits.extraBuild,
    constraints: limits.buildConstraints,
    prereleases: limits.prereleases,
    settings: buildSettings(limits.settings),
    machine,
  });
  const vendor = new Vendor({
    ...services,
    workspaceDirectory: input.workspaceDirectory,
    previous: members.flatMap(({ project, previous: locks }) =>
      locks === undefined ? [] : [{ root: project.root, locks }],
    ),
    upgrade,
    commits: new Map(members.flatMap((member) => [...(member.foreign?.commits ?? [])])),
  });
  const resolver = new Resolver(uv, buildLocks, {
    vendor,
    offers: new IndexOffers(services),
    overrides: members.flatMap(({ requirements }) => requirements.overrides ?? []),
  });
  buildLocks.connect(resolver);
  vendor.connect(buildLocks);

  const python = groupPython(members, resolve, services.interpreter.version);
  const whole = {
    what: members.map(({ project }) => `the requirements of \`${project.name}\` and its tests`).join(', '),
    ...(input.resolve === undefined ? {} : { what: `the requirements of the projects of the resolve \`${resolve}\`` }),
    requirements: distinct(members.flatMap(({ requirements }) => requirements.test)),
    constraints: requirementLines(limits.constraints),
    prereleases: limits.prereleases,
    settings: limits.settings,
    machine,
    python,
    preferences: preferencesOf(
      members.map(({ foreign, previous: own }) =>
        foreign === undefined ? own?.test.entries : foreignPreferences(foreign),
      ),
      upgrade,
    ),
  };
  const adopted = members.flatMap((member) => member.foreign ?? []);
  const resolved = restrictToHashes(await resolver.resolve(whole), [...whole.requirements, ...limits.constraints]);
  const answer = adopted.reduce<readonly LockEntry[]>(checkAdopted, resolved);
  const builtWith = previous(({ project, previous: locks }) => locks?.build.get(project.normalizedName));
  const shared = await sharedBuild(
    input,
    { limits, machine, pythons: buildFloors(python, services.interpreter.version), preferences: builtWith },
    resolver,
  );
  const resolution: GroupResolution = {
    ...{ whole, answer, limits, resolve: input.resolve, uvVersion, resolver, buildLocks },
    builtWith: preferredOver(shared, builtWith),
  };
  const locks = new Map<string, ProjectLocks>();
  for (const member of members) {
    locks.set(member.project.root, withVendored(vendor, await locksOf(member, resolution)));
  }
  const changes = changesOf(locks, input.workspaceDirectory, [...vendor.all.values()]);
  return {
    ...changes,
    machine: input.machine ?? NO_MACHINE_SETTINGS,
    notKept: adopted.flatMap((each) => notKept(answer, each)),
  };
}

/** Locks whose headers say where the files beside them come from. */
function withVendored(vendor: Vendor, { test, runtime, build }: ProjectLocks): ProjectLocks {
  const add = (lock: Lock): Lock => {
    const vendored = vendor
      .of(lock.entries)
      .map(({ file, from, at }) => ({ file, from, ...(at === undefined ? {} : { at }) }));
    return vendored.length === 0 ? lock : { ...lock, vendored };
  };
  return { test: add(test), runtime: add(runtime), build: new Map([...build].map(([key, lock]) => [key, add(lock)])) };
}

/**
 * What the projects of a group are built with, resolved together, so that they are built with the same versions; no
 * entries if their build requirements contradict one another, which is not an error.
 */
async function sharedBuild(
  { members, resolve }: LockInput,
  { limits, machine, pythons, preferences }: SharedBuild,
  resolver: Resolver,
): Promise<readonly LockEntry[]> {
  if (resolve === undefined) return [];
  for (const python of pythons) {
    try {
      return await resolver.resolve({
        what: `the build requirements of the projects of the resolve \`${resolve}\``,
        requirements: distinct(members.flatMap(({ requirements }) => requirements.build)),
        constraints: requirementLines(limits.buildConstraints),
        prereleases: limits.prereleases,
        settings: buildSettings(limits.settings),
        machine,
        ...{ python, preferences },
      });
    } catch (error) {
      if (!(error instanceof ElementError) || error.code !== 'RESOLUTION') throw error;
    }
  }
  return [];
}

interface SharedBuild {
  readonly limits: GroupLimits;
  readonly machine: readonly string[];
  /** The lowest Pythons that it may be for, the one to try first before the others. */
  readonly pythons: readonly string[];
  readonly preferences: readonly LockEntry[];
}

function distinct(requirements: readonly Requirement[]): Requirement[] {
  return [...new Map(requirements.map((requirement) => [formatRequirement(requirement), requirement])).values()];
}
