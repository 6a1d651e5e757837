import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { allowedHashes } from './allowed-hashes.js';
import { checkBuildLocks, checkEntries, checkSubset } from './check-entries.js';
import { questionDigest } from './digest.js';
import type { Lock, LockEntry, ProjectLocks } from './lock.js';
import { DEFAULT_PRERELEASES, type PrereleaseMode } from '../metadata/settings/lock-settings.js';
import type { LockPlace } from './read-locks.js';
import { buildSettings } from '../metadata/settings/resolution-settings.js';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';
import { formatRequirement, parseRequirement, type Requirement } from '../requirements/requirement.js';
import { compareVersions } from '../requirements/specifier.js';

/** What a project requires now. */
export interface ProjectRequirements {
  readonly runtime: readonly Requirement[];
  /** The runtime's and the tests'. */
  readonly test: readonly Requirement[];
  /** The static ones of `[build-system]`. */
  readonly build: readonly Requirement[];
  /** Which versions may be, of what is locked for runtime and tests. */
  readonly constraints?: readonly Requirement[];
  /** Which versions may be of what is built with. */
  readonly buildConstraints?: readonly Requirement[];
  /** What distributions are built with although they do not declare it, by their normalised names. */
  readonly extraBuild?: Readonly<Record<string, readonly Requirement[]>>;
  /** Which pre-releases may be; absent for uv's own choice. */
  readonly prereleases?: PrereleaseMode;
  /** Additional settings of uv, as normalised lines (`settingLines`); absent if there are none. */
  readonly settings?: readonly string[];
  /** Overrides as they are written, whose addresses may have credentials; their lines are among the settings. */
  readonly overrides?: readonly Requirement[];
  /** The lowest Python of requires-python; absent if it names none. */
  readonly python?: string;
  /** The name of the resolve that the project is in; absent if it is resolved alone. */
  readonly resolve?: string;
}

/** One spelling of a list of requirements: their lines, each once, sorted. */
export function requirementLines(requirements: readonly Requirement[]): string[] {
  return [...new Set(requirements.map(formatRequirement))].sort();
}

/** The options of {@link checkLocks}. */
export type FreshnessContext = LockPlace & {
  /** The version of the Python that is used. */
  readonly interpreter: string;
  /** Its environment. */
  readonly markers: MarkerEnvironment;
};

/**
 * Whether a project's locks answer what it requires now, by their headers and by their entries (docs/adr/0062); no
 * index is queried.
 *
 * @throws ElementError LOCK_STALE naming what changed; all stale locks at once
 */
export function checkLocks(
  project: { readonly normalizedName: string },
  locks: ProjectLocks,
  expected: ProjectRequirements,
  context: FreshnessContext,
): void {
  const build = locks.build.get(project.normalizedName);
  const { constraints = [], buildConstraints = [], prereleases, settings = [] } = expected;
  const ofBuilds = buildSettings(settings);
  const questions: readonly Asked[] = [
    { lock: locks.test, requirements: expected.test, constraints },
    { lock: locks.runtime, requirements: expected.runtime, constraints },
    ...(build === undefined ? [] : [{ lock: build, requirements: expected.build, constraints: buildConstraints }]),
  ];
  const reasons = questions.map(({ lock, ...asked }): readonly [Lock, string | undefined] => [
    lock,
    staleReason(
      lock,
      { ...asked, prereleases, settings: lock.kind === 'build' ? ofBuilds : settings },
      expected,
      context.interpreter,
    ),
  ]);
  for (const lock of locks.build.values()) {
    if (lock === build) continue;
    const edited = questionDigest(lock) === lock.requirementsDigest ? undefined : EDITED;
    const [name = ''] = lock.distribution.split('==');
    const extra = describeChanges(
      lock.extraRequirements ?? [],
      expected.extraBuild?.[name] ?? [],
      'the extra build requirement ',
    );
    const limits = { constraints: buildConstraints, prereleases, settings: ofBuilds };
    reasons.push([lock, edited ?? extra ?? constraintChanges(lock, limits)]);
  }
  throwCollected(reasons.flatMap(([lock, reason]) => (reason === undefined ? [] : [stale(lock, reason, context)])));
  throwCollected([
    ...questions.flatMap(({ lock, ...asked }) => checkEntries(lock, withHookRequirements(lock, asked), context)),
    ...[...locks.build.values()]
      .filter((lock) => lock !== build)
      .flatMap((lock) =>
        checkEntries(lock, { requirements: answeredBy(lock), constraints: buildConstraints }, context),
      ),
    ...checkSubset(locks, context),
    ...checkBuildLocks(project.normalizedName, locks, context),
  ]);
}

const EDITED = 'its header was changed by hand';

/** What a build lock answers, as its header says. */
function answeredBy({ requirements, hookRequirements }: Lock): Requirement[] {
  return [...requirements, ...hookRequirements].map((line) => parseRequirement(line));
}

function withHookRequirements(lock: Lock, { requirements, constraints }: Omit<Asked, 'lock'>): Omit<Asked, 'lock'> {
  const asked = lock.hookRequirements.map((line) => parseRequirement(line));
  return { requirements: [...requirements, ...asked], constraints };
}

interface Asked {
  readonly lock: Lock;
  readonly requirements: readonly Requirement[];
  readonly constraints: readonly Requirement[];
}

type Limits = Pick<Asked, 'constraints'> & {
  readonly prereleases: PrereleaseMode | undefined;
  readonly settings: readonly string[];
};

function staleReason(
  lock: Lock,
  asked: Limits & Pick<Asked, 'requirements'>,
  { python, resolve }: Pick<ProjectRequirements, 'python' | 'resolve'>,
  interpreter: string,
): string | undefined {
  if (questionDigest(lock) !== lock.requirementsDigest) return EDITED;
  const changes = describeChanges(lock.requirements, asked.requirements) ?? constraintChanges(lock, asked);
  if (changes !== undefined) return changes;
  if (lock.kind !== 'build' && lock.resolve !== resolve) {
    return `it was made for ${group(lock.resolve)}, but the project is in ${group(resolve)}`;
  }
  const refused = refusedEntry(lock.entries, [...asked.requirements, ...asked.constraints]);
  if (refused !== undefined) return refused;
  if (python !== undefined && !isFor(lock, python, resolve)) {
    return `it is for Python ${lock.python} and later, but the project is for ${python} and later`;
  }
  if (compareVersions(interpreter, lock.python) < 0) {
    return `it is for Python ${lock.python} and later, but the interpreter is ${interpreter}`;
  }
  return undefined;
}

function group(resolve: string | undefined): string {
  return resolve === undefined ? 'no resolve' : `the resolve \`${resolve}\``;
}

/**
 * Others of a resolve may need a later Python than the project does, and then the locks of all are for that one. A build
 * lock is for interpreters that build, which need not be all that the project is for (docs/adr/0073).
 */
function isFor(lock: Lock, python: string, resolve: string | undefined): boolean {
  const isExact = resolve === undefined && lock.kind !== 'build';
  return isExact ? lock.python === python : compareVersions(lock.python, python) >= 0;
}

function constraintChanges(lock: Lock, { constraints, prereleases, settings }: Limits): string | undefined {
  const changes =
    describeChanges(lock.constraints ?? [], constraints, 'the constraint ') ?? settingChanges(lock, settings);
  if (changes !== undefined || lock.prereleases === prereleases) return changes;
  return `its pre-releases are \`${lock.prereleases ?? DEFAULT_PRERELEASES}\`, but the project's are \`${prereleases ?? DEFAULT_PRERELEASES}\``;
}

function settingChanges({ settings: locked = [] }: Lock, settings: readonly string[]): string | undefined {
  const added = settings.find((line) => !locked.includes(line));
  const removed = locked.find((line) => !settings.includes(line));
  const [before, now] = [removed, added].map((line) => (line === undefined ? 'not set' : `\`${line}\``));
  return added === undefined && removed === undefined ? undefined : `a setting of uv was ${before} and is now ${now}`;
}

/** An entry with files that a requirements file does not allow (pip's `--hash`). */
function refusedEntry(entries: readonly LockEntry[], requirements: readonly Requirement[]): string | undefined {
  for (const entry of entries) {
    const allowed = allowedHashes(entry, requirements);
    if (allowed === undefined || entry.hashes.every((hash) => allowed.hashes.has(hash))) continue;
    return `\`${entry.normalizedName}==${entry.version}\` has a file that is not among the hashes of \`${formatRequirement(allowed.requirement)}\`${placeOf(allowed.requirement)}`;
  }
  return undefined;
}

/** What is added, removed or changed between two lists, by the requirements' names. */
function describeChanges(
  locked: readonly string[],
  requirements: readonly Requirement[],
  what = '',
): string | undefined {
  const now = requirementLines(requirements);
  const added = now.filter((line) => !locked.includes(line));
  const removed = locked.filter((line) => !now.includes(line));
  if (added.length === 0 && removed.length === 0) return undefined;
  const words: string[] = [];
  for (const line of added) {
    const before = removed.findIndex((other) => nameOf(other) === nameOf(line));
    if (before < 0) {
      words.push(`${what}\`${line}\` was added${declaredAt(line, requirements)}`);
      continue;
    }
    words.push(`${what}\`${removed[before] ?? ''}\` is now \`${line}\`${declaredAt(line, requirements)}`);
    removed.splice(before, 1);
  }
  words.push(...removed.map((line) => `${what}\`${line}\` was removed`));
  return words.join(', ');
}

function declaredAt(line: string, requirements: readonly Requirement[]): string {
  const requirement = requirements.find((each) => formatRequirement(each) === line);
  return requirement === undefined ? '' : placeOf(requirement);
}

function placeOf({ origin }: Requirement): string {
  return origin === undefined ? '' : ` (${origin.file} [line ${origin.line} column ${origin.column}])`;
}

function nameOf(line: string): string {
  return /^[a-z0-9-]+(?![a-z0-9:-])/.exec(line)?.[0] ?? line;
}

function stale(lock: Lock, reason: string, place: LockPlace): ElementError {
  return new ElementError({
    code: 'LOCK_STALE',
    message: `the lock \`${lock.file}\` is out of date: ${reason}`,
    hint: `run \`${place.command}\``,
  });
}
