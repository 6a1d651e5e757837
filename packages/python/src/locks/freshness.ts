import { ElementError, throwCollected } from '@wheelhouse/element';
import { questionDigest } from './digest.js';
import type { Lock, ProjectLocks } from './lock.js';
import type { LockPlace } from './read-locks.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { compareVersions } from '../requirements/specifier.js';

/** What a project requires now. */
export interface ProjectRequirements {
  readonly runtime: readonly Requirement[];
  /** The runtime's and the tests'. */
  readonly test: readonly Requirement[];
  /** The static ones of `[build-system]`. */
  readonly build: readonly Requirement[];
  /** The lowest Python of requires-python; absent where it names none. */
  readonly python?: string;
  /** The name of the resolve that the project is in; absent where it is resolved alone. */
  readonly resolve?: string;
}

/** One spelling of a list of requirements: their lines, each once, sorted. */
export function requirementLines(requirements: readonly Requirement[]): string[] {
  return [...new Set(requirements.map(formatRequirement))].sort();
}

/**
 * Whether a project's locks answer what it requires now; no index is asked.
 *
 * @param interpreter the version of the Python that is used
 * @throws ElementError LOCK_STALE naming what changed; all stale locks at once
 */
export function checkLocks(
  project: { readonly normalizedName: string },
  locks: ProjectLocks,
  expected: ProjectRequirements,
  context: LockPlace & { readonly interpreter: string },
): void {
  const build = locks.build.get(project.normalizedName);
  const questions: readonly (readonly [Lock, readonly Requirement[]])[] = [
    [locks.test, expected.test],
    [locks.runtime, expected.runtime],
    ...(build === undefined ? [] : [[build, expected.build] as const]),
  ];
  const errors = questions.flatMap(([lock, requirements]) => {
    const reason = staleReason(lock, requirements, expected, context.interpreter);
    return reason === undefined ? [] : [stale(lock, reason, context)];
  });
  throwCollected(errors);
}

function staleReason(
  lock: Lock,
  requirements: readonly Requirement[],
  { python, resolve }: Pick<ProjectRequirements, 'python' | 'resolve'>,
  interpreter: string,
): string | undefined {
  if (questionDigest(lock) !== lock.requirementsDigest) return 'its header was changed by hand';
  const changes = describeChanges(lock.requirements, requirements);
  if (changes !== undefined) return changes;
  if (lock.kind !== 'build' && lock.resolve !== resolve) {
    return `it was made for ${group(lock.resolve)}, and the project is in ${group(resolve)}`;
  }
  if (python !== undefined && !isFor(lock, python, resolve)) {
    return `it is for Python ${lock.python} and later, and the project is for ${python} and later`;
  }
  if (compareVersions(interpreter, lock.python) < 0) {
    return `it is for Python ${lock.python} and later, and the interpreter is ${interpreter}`;
  }
  return undefined;
}

function group(resolve: string | undefined): string {
  return resolve === undefined ? 'no resolve' : `the resolve \`${resolve}\``;
}

/** Others of a resolve may need a later Python than the project does, and then the locks of all are for that one. */
function isFor(lock: Lock, python: string, resolve: string | undefined): boolean {
  return resolve === undefined ? lock.python === python : compareVersions(lock.python, python) >= 0;
}

/** What is added, removed or changed between two lists, by the requirements' names. */
function describeChanges(locked: readonly string[], requirements: readonly Requirement[]): string | undefined {
  const now = requirementLines(requirements);
  const added = now.filter((line) => !locked.includes(line));
  const removed = locked.filter((line) => !now.includes(line));
  if (added.length === 0 && removed.length === 0) return undefined;
  const words: string[] = [];
  for (const line of added) {
    const before = removed.findIndex((other) => nameOf(other) === nameOf(line));
    if (before < 0) {
      words.push(`\`${line}\` was added${declaredAt(line, requirements)}`);
      continue;
    }
    words.push(`\`${removed[before] ?? ''}\` is now \`${line}\`${declaredAt(line, requirements)}`);
    removed.splice(before, 1);
  }
  words.push(...removed.map((line) => `\`${line}\` was removed`));
  return words.join(', ');
}

function declaredAt(line: string, requirements: readonly Requirement[]): string {
  const origin = requirements.find((requirement) => formatRequirement(requirement) === line)?.origin;
  return origin === undefined ? '' : ` (${origin.file} [line ${origin.line} column ${origin.column}])`;
}

function nameOf(line: string): string {
  return /^[a-z0-9-]+/.exec(line)?.[0] ?? line;
}

function stale(lock: Lock, reason: string, place: LockPlace): ElementError {
  return new ElementError({
    code: 'LOCK_STALE',
    message: `the lock \`${lock.file}\` is out of date: ${reason}`,
    hint: `run \`${place.command}\``,
  });
}
