import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { BuildLocks } from './build-locks.js';
import { restrictToHashes } from './hash-restriction.js';
import type { HookRunner } from './hook-runner.js';
import { publishLocks } from './publication.js';
import { Resolver, type Wanted } from './resolver.js';
import { Uv, type UvContext } from './uv.js';
import { questionDigest } from '../locks/digest.js';
import { requirementLines, type ProjectRequirements } from '../locks/freshness.js';
import type { Lock, LockEntry, LockKind, ProjectLocks } from '../locks/lock.js';
import { locksDirectory } from '../locks/read-locks.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { formatMarker } from '../requirements/marker.js';
import type { Requirement } from '../requirements/requirement.js';

/** What is to be locked. */
export interface LockInput {
  readonly project: ProjectMetadata;
  /** Every project of the workspace. */
  readonly workspace: readonly ProjectMetadata[];
  /** The workspace's directory, absolute. */
  readonly workspaceDirectory: string;
  readonly requirements: ProjectRequirements;
  /** The locks the project has: their versions are kept where they still fit. */
  readonly previous?: ProjectLocks | undefined;
  /** Names whose versions are not kept; `all` for none. */
  readonly upgrade?: 'all' | readonly string[] | undefined;
}

/** What locking uses. */
export interface LockServices extends UvContext {
  readonly hooks: HookRunner;
}

/** What a lock run did. */
export interface LockOutcome {
  readonly locks: ProjectLocks;
  /** Files written because they changed, relative to the workspace. */
  readonly written: readonly string[];
  /** Build locks of distributions that are no longer built from source. */
  readonly removed: readonly string[];
}

/**
 * Resolves what a project requires and writes its locks: `test.txt`, `runtime.txt` (the part of the same resolution
 * that the runtime needs) and `build/`, one for the project and one for each sdist that is built. All files are written
 * at the end, or none.
 *
 * @throws ElementError RESOLUTION, FETCH, LOCK_HASH; what the hook runner throws
 */
export async function lockProject(input: LockInput, services: LockServices): Promise<LockOutcome> {
  const { project, requirements } = input;
  const downloads = join(services.temporary, 'sdists');
  await mkdir(downloads, { recursive: true });
  const uv = new Uv(services);
  const uvVersion = await uv.version();
  const buildLocks = new BuildLocks({
    hooks: services.hooks,
    interpreter: services.interpreter,
    fetch: services,
    downloads,
    locals: new Set(input.workspace.map((each) => each.normalizedName)),
    uvVersion,
    constraints: requirements.buildConstraints,
    prereleases: requirements.prereleases,
  });
  const resolver = new Resolver(uv, buildLocks);
  buildLocks.connect(resolver);
  const python = requirements.python ?? minorOf(services.interpreter.version);

  const constraints = requirementLines(requirements.constraints ?? []);
  const limits = { constraints, prereleases: requirements.prereleases };
  const restrict = (entries: readonly LockEntry[], asked: readonly Requirement[]): readonly LockEntry[] =>
    restrictToHashes(entries, [...asked, ...(requirements.constraints ?? [])]);
  const wantedTests: Wanted = {
    ...limits,
    what: `what \`${project.name}\` and its tests require`,
    requirements: requirements.test,
    python,
    preferences: kept(input.previous?.test.entries, input.upgrade),
  };
  const test = restrict(await resolver.resolve(wantedTests), requirements.test);
  const wantedRuntime = {
    ...limits,
    what: `what \`${project.name}\` requires`,
    requirements: requirements.runtime,
    python,
  };
  const runtime = await subset(wantedRuntime, test, resolver);
  const own = await buildLocks.ofProject(
    project,
    requirements.build,
    python,
    kept(input.previous?.build.get(project.normalizedName)?.entries, input.upgrade),
  );
  await buildLocks.ofEntries(test, python);

  const lockOf = (kind: LockKind, name: string, lines: readonly string[], entries: readonly LockEntry[]): Lock => {
    const question = {
      ...{ kind, distribution: project.normalizedName, python, requirements: lines, hookRequirements: [] },
      ...(constraints.length === 0 ? {} : { constraints }),
      ...(requirements.prereleases === undefined ? {} : { prereleases: requirements.prereleases }),
    };
    const file = posix.join(locksDirectory(project.root), name);
    return { ...question, file, uv: uvVersion, requirementsDigest: questionDigest(question), entries };
  };
  return publishLocks(
    {
      test: lockOf('test', 'test.txt', requirementLines(requirements.test), test),
      runtime: lockOf('runtime', 'runtime.txt', requirementLines(requirements.runtime), runtime),
      build: new Map([[project.normalizedName, own], ...reachable([test, own.entries], buildLocks.all)]),
    },
    { workspace: input.workspaceDirectory, root: project.root },
  );
}

/** The runtime's part of a resolution: the same versions, and the same hashes. */
async function subset(wanted: Wanted, whole: readonly LockEntry[], resolver: Resolver): Promise<readonly LockEntry[]> {
  const versions = whole.map(
    (entry) =>
      `${entry.normalizedName}==${entry.version}${entry.marker === undefined ? '' : ` ; ${formatMarker(entry.marker)}`}`,
  );
  const constraints = [...(wanted.constraints ?? []), ...versions];
  const part = await resolver.resolve({ ...wanted, constraints, preferences: whole });
  return part.map((entry) => {
    const same = whole.find(
      (other) => other.normalizedName === entry.normalizedName && other.version === entry.version,
    );
    if (same === undefined)
      throw new Error(`${entry.normalizedName}==${entry.version} is no part of the tests' resolution`);
    return { ...entry, hashes: same.hashes };
  });
}

/** The build locks that these entries lead to; a version that was looked at and not chosen leaves none. */
function reachable(roots: readonly (readonly LockEntry[])[], all: ReadonlyMap<string, Lock>): Map<string, Lock> {
  const found = new Map<string, Lock>();
  const visit = (entries: readonly LockEntry[]): void => {
    for (const { normalizedName, version } of entries) {
      const key = `${normalizedName}==${version}`;
      const lock = all.get(key);
      if (lock === undefined || found.has(key)) continue;
      found.set(key, lock);
      visit(lock.entries);
    }
  };
  for (const entries of roots) visit(entries);
  return found;
}

function kept(entries: readonly LockEntry[] | undefined, upgrade: LockInput['upgrade']): readonly LockEntry[] {
  if (entries === undefined || upgrade === 'all') return [];
  return entries.filter((entry) => upgrade?.includes(entry.normalizedName) !== true);
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
