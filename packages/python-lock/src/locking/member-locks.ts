import { posix } from 'node:path';
import { type ProjectMetadata, formatMarker, type Requirement } from '@wheelhouse/python/internal';
import {
  questionDigest,
  requirementLines,
  type ProjectRequirements,
  sdistKey,
  type Lock,
  type LockEntry,
  type LockKind,
  type ProjectLocks,
  locksDirectory,
} from '@wheelhouse/python/lockfile';
import type { BuildLocks } from '../resolving/build-locks.js';
import type { ForeignLock } from './foreign-lock.js';
import type { GroupLimits } from './group-limits.js';
import type { Resolver, Wanted } from '../resolving/resolver.js';

/** A project whose locks are made. */
export interface LockMember {
  readonly project: ProjectMetadata;
  readonly requirements: ProjectRequirements;
  /** The locks the project has: their versions are kept if they still fit. */
  readonly previous?: ProjectLocks | undefined;
  /** What another tool has locked: its versions are kept if they fit, before those of the locks. */
  readonly foreign?: ForeignLock | undefined;
}

/** What the locks of all members are parts of. */
export interface GroupResolution {
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

/** The locks of a project: its parts of the group's resolution, and what it and its sdists are built with. */
export async function locksOf({ project, requirements }: LockMember, group: GroupResolution): Promise<ProjectLocks> {
  const { resolve, buildLocks } = group;
  const { python, machine = [] } = group.whole;
  const { constraints, prereleases, settings } = group.limits;
  const test = await partOf(group, `the requirements of \`${project.name}\` and its tests`, requirements.test);
  const runtime = await partOf(group, `the requirements of \`${project.name}\``, requirements.runtime);
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
    if (same === undefined) throw new Error(`${sdistKey(entry)} is not part of the resolution of ${whole.what}`);
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
