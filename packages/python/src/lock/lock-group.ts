import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { checkAdopted, foreignPreferences, notKept } from './adoption.js';
import { BuildLocks } from './build-locks.js';
import type { ForeignLock } from './foreign-lock.js';
import { groupLimits, type GroupLimits } from './group-limits.js';
import { groupPython } from './group-python.js';
import { restrictToHashes } from './hash-restriction.js';
import type { HookRunner } from './hook-runner.js';
import { IndexOffers } from './index-offers.js';
import { IndexRouter } from './index-router.js';
import { localBuildDependencies } from './local-closure.js';
import { preferencesOf, preferredOver, type Upgrade } from './preferences.js';
import { buildFloors } from './python-floor.js';
import { changesOf, type LockChanges } from './publication.js';
import { Resolver, type Wanted } from './resolver.js';
import { Uv, type UvContext } from './uv.js';
import { questionDigest } from '../locks/digest.js';
import { requirementLines, type ProjectRequirements } from '../locks/freshness.js';
import { sdistKey, type Lock, type LockEntry, type LockKind, type ProjectLocks } from '../locks/lock.js';
import { locksDirectory } from '../locks/read-locks.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { buildSettings } from '../metadata/settings/resolution-settings.js';
import { formatMarker } from '../requirements/marker.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { machineLines, NO_MACHINE_SETTINGS, type MachineSettings } from '../tools/machine-settings.js';
import { Vendor } from '../vendor/vendor.js';

/** A project whose locks are made. */
export interface LockMember {
  readonly project: ProjectMetadata;
  readonly requirements: ProjectRequirements;
  /** The locks the project has: their versions are kept where they still fit. */
  readonly previous?: ProjectLocks | undefined;
  /** What another tool has locked: its versions are kept where they fit, before those of the locks. */
  readonly foreign?: ForeignLock | undefined;
}

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
    what: members.map(({ project }) => `what \`${project.name}\` and its tests require`).join(', '),
    ...(input.resolve === undefined ? {} : { what: `what the projects of the resolve \`${resolve}\` require` }),
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

/** What the locks of all members are parts of. */
interface GroupResolution {
  readonly whole: Wanted;
  readonly answer: readonly LockEntry[];
  readonly limits: GroupLimits;
  readonly resolve: string | undefined;
  readonly uvVersion: string;
  readonly resolver: Resolver;
  readonly buildLocks: BuildLocks;
  /** Versions that all members are built with, where these fit. */
  readonly builtWith: readonly LockEntry[];
}

async function locksOf({ project, requirements }: LockMember, group: GroupResolution): Promise<ProjectLocks> {
  const { resolve, buildLocks } = group;
  const { python, machine = [] } = group.whole;
  const { constraints, prereleases, settings } = group.limits;
  const test = await partOf(group, `what \`${project.name}\` and its tests require`, requirements.test);
  const runtime = await partOf(group, `what \`${project.name}\` requires`, requirements.runtime);
  const own = await buildLocks.ofProject(project, requirements.build, python, group.builtWith);
  await buildLocks.ofEntries(test, python);
  const lockOf = (kind: LockKind, wanted: readonly Requirement[], entries: readonly LockEntry[]): Lock => {
    const question = {
      kind,
      distribution: project.normalizedName,
      ...(resolve === undefined ? {} : { resolve }),
      python,
      requirements: requirementLines(wanted),
      hookRequirements: [],
      ...(constraints.length === 0 ? {} : { constraints: requirementLines(constraints) }),
      ...(prereleases === undefined ? {} : { prereleases }),
      ...(settings.length === 0 ? {} : { settings }),
      ...(machine.length === 0 ? {} : { machineSettings: machine }),
    };
    const file = posix.join(locksDirectory(project.root), `${kind}.txt`);
    return { ...question, file, uv: group.uvVersion, requirementsDigest: questionDigest(question), entries };
  };
  return {
    test: lockOf('test', requirements.test, test),
    runtime: lockOf('runtime', requirements.runtime, runtime),
    build: new Map([[project.normalizedName, own], ...reachable([test, fromSource(own)], buildLocks.all)]),
  };
}

/**
 * What the projects of a group are built with, resolved together, so that they are built with the same versions; no
 * entries where their build requirements contradict one another, which nobody has to mend.
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
        what: `what the projects of the resolve \`${resolve}\` are built with`,
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

/** A part of a group's resolution: the same versions, and the same hashes. */
async function partOf(
  { whole, answer, resolver }: GroupResolution,
  what: string,
  requirements: readonly Requirement[],
): Promise<readonly LockEntry[]> {
  if (sameLines(requirements, whole.requirements)) return answer;
  const versions = answer.map(
    (entry) => `${sdistKey(entry)}${entry.marker === undefined ? '' : ` ; ${formatMarker(entry.marker)}`}`,
  );
  const constraints = [...(whole.constraints ?? []), ...versions];
  const part = await resolver.resolve({ ...whole, what, requirements, constraints, preferences: answer });
  return part.map((entry) => {
    const same = answer.find((other) => sdistKey(other) === sdistKey(entry));
    if (same === undefined) throw new Error(`${sdistKey(entry)} is no part of the resolution of ${whole.what}`);
    return { ...entry, hashes: same.hashes };
  });
}

function sameLines(a: readonly Requirement[], b: readonly Requirement[]): boolean {
  return requirementLines(a).join('\n') === requirementLines(b).join('\n');
}

/** The build locks that these entries lead to; a version that was looked at and not chosen leaves none. */
function reachable(roots: readonly (readonly LockEntry[])[], all: ReadonlyMap<string, Lock>): Map<string, Lock> {
  const found = new Map<string, Lock>();
  const visit = (entries: readonly LockEntry[]): void => {
    for (const entry of entries) {
      const key = sdistKey(entry);
      const lock = all.get(key);
      if (lock === undefined || found.has(key)) continue;
      found.set(key, lock);
      visit(fromSource(lock));
    }
  };
  for (const entries of roots) visit(entries);
  return found;
}

/** The entries of a lock that are built where they have a build lock. */
function fromSource({ entries, bootstrap = [] }: Lock): readonly LockEntry[] {
  return entries.filter((entry) => !bootstrap.includes(sdistKey(entry)));
}

function distinct(requirements: readonly Requirement[]): Requirement[] {
  return [...new Map(requirements.map((requirement) => [formatRequirement(requirement), requirement])).values()];
}
