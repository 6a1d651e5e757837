import { ElementError } from '@wheelhouse/element';
import { formatOrigin } from '@wheelhouse/element/internal';
import { sdistKey, type Lock, type LockEntry, type ProjectLocks } from './lock.js';
import { overridden, overridesOf } from './overrides.js';
import { withNames } from './requirement-names.js';
import { formatMarker, evaluateMarker } from '../requirements/marker.js';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { satisfies } from '../requirements/specifier.js';

/** What the entries of a lock have to fit. */
export interface Answered {
  readonly requirements: readonly Requirement[];
  readonly constraints: readonly Requirement[];
}

/** The options of {@link checkEntries}. */
export interface EntriesContext {
  /** The environment of the interpreter that is used. */
  readonly markers: MarkerEnvironment;
  /** The command that writes locks. */
  readonly command: string;
}

/**
 * Whether a lock has one entry for each requirement that applies to the interpreter, of a version that fits;
 * requirements are what the overrides of the lock make of them. No index is queried. What those entries require in turn
 * is known once their wheels are there: see `checkClosure`.
 *
 * @returns an error for each entry that is missing, there twice, or of a version that does not fit
 */
export function checkEntries(lock: Lock, answered: Answered, context: EntriesContext): ElementError[] {
  const { markers } = context;
  const applying = lock.entries.filter((entry) => evaluateMarker(entry.marker, markers));
  const applies = ({ marker }: Requirement): boolean => evaluateMarker(marker, markers);
  const overrides = overridesOf(lock);
  const required = withNames(answered.requirements, lock).flatMap((each) => overridden(each, overrides));
  const missing = [...new Set(required)]
    .filter(applies)
    .flatMap((requirement) => unanswered(requirement, { lock, applying, context }));
  const limited = answered.constraints.filter(applies).flatMap((constraint) =>
    applying
      .filter(({ normalizedName }) => normalizedName === constraint.normalizedName)
      .filter(({ version }) => !satisfies(version, constraint.specifier))
      .map((entry) => wrong(entry, `does not fit the constraint ${described(constraint)}`, context)),
  );
  return [...repeated(lock, context), ...missing, ...limited];
}

/**
 * Whether `runtime.txt` is a part of `test.txt`: both are written from one resolution, so that what ships was tested.
 *
 * @returns an error for each entry that is another there
 */
export function checkSubset({ runtime, test }: ProjectLocks, context: EntriesContext): ElementError[] {
  const hint = `both are written from one resolution: run \`${context.command}\`, or change both`;
  return runtime.entries.flatMap((entry) => {
    const named = test.entries.filter(({ normalizedName }) => normalizedName === entry.normalizedName);
    const same = named.find(({ version }) => version === entry.version);
    const differs = (what: string): ElementError[] => [wrong(entry, what, context, hint)];
    if (same === undefined) {
      const [other] = named;
      if (other === undefined) return differs(`is not in \`${test.file}\``);
      return differs(`is \`${sdistKey(other)}\` in \`${formatOrigin(other.origin)}\``);
    }
    if (same.hashes.join() !== entry.hashes.join())
      return differs(`has different hashes in \`${formatOrigin(same.origin)}\``);
    const [here, there] = [entry, same].map(({ marker }) => evaluateMarker(marker, context.markers));
    if (here !== true || there === true) return [];
    return differs(`has the marker \`${markerText(same)}\` in \`${formatOrigin(same.origin)}\``);
  });
}

/**
 * Whether each build lock is that of something which a lock of the project holds: another is what is left of an entry
 * whose version was changed by hand, and would be skipped.
 */
export function checkBuildLocks(
  project: string,
  { test, build }: ProjectLocks,
  context: EntriesContext,
): ElementError[] {
  const held = new Set([test, ...build.values()].flatMap(({ entries }) => entries.map(sdistKey)));
  return [...build.values()].flatMap((lock) => {
    if (lock.distribution === project || held.has(lock.distribution)) return [];
    const [name = ''] = lock.distribution.split('==');
    const other = [test, ...build.values()]
      .flatMap(({ entries }) => entries)
      .find(({ normalizedName }) => normalizedName === name);
    const found =
      other === undefined ? `no lock has \`${name}\`` : `\`${formatOrigin(other.origin)}\` has \`${sdistKey(other)}\``;
    return [
      new ElementError({
        code: 'LOCK_STALE',
        message: `the lock \`${lock.file}\` is out of date: it is the build lock of \`${lock.distribution}\`, but ${found}`,
        hint: `run \`${context.command}\``,
      }),
    ];
  });
}

/** An error about an entry of a lock. @param what a sentence whose subject is the entry */
export function wrong(
  entry: LockEntry,
  what: string,
  { command }: Pick<EntriesContext, 'command'>,
  hint = `run \`${command}\``,
): ElementError {
  return new ElementError({
    code: 'LOCK_STALE',
    message: `the locked \`${sdistKey(entry)}\` ${what}`,
    origin: entry.origin,
    hint,
  });
}

function unanswered(
  requirement: Requirement,
  {
    lock,
    applying,
    context,
  }: { readonly lock: Lock; readonly applying: readonly LockEntry[]; readonly context: EntriesContext },
): ElementError[] {
  const named = (entry: LockEntry): boolean => entry.normalizedName === requirement.normalizedName;
  const answers = applying.filter(named);
  if (answers.length > 0) {
    return answers
      .filter(({ version }) => requirement.url === undefined && !satisfies(version, requirement.specifier))
      .map((entry) => wrong(entry, `does not satisfy ${described(requirement)}`, context));
  }
  const elsewhere = lock.entries.find(named);
  if (elsewhere !== undefined) {
    const what = `is only for \`${markerText(elsewhere)}\`, but ${described(requirement)} is required here, too`;
    return [wrong(elsewhere, what, context)];
  }
  return [
    new ElementError({
      code: 'LOCK_STALE',
      message: `the lock \`${lock.file}\` has no entry for ${described(requirement)}`,
      hint: `run \`${context.command}\``,
    }),
  ];
}

/** Entries of one name that apply together: installers refuse them, or take whichever. */
function repeated({ entries }: Lock, context: EntriesContext): ElementError[] {
  return entries.flatMap((entry, index) => {
    const other = entries
      .slice(0, index)
      .filter(({ normalizedName }) => normalizedName === entry.normalizedName)
      .find((each) => markerText(each) === markerText(entry) || [each, entry].every(applies));
    if (other === undefined) return [];
    return [wrong(entry, `conflicts with \`${sdistKey(other)}\` in line ${other.origin.line}`, context)];
  });

  function applies({ marker }: LockEntry): boolean {
    return evaluateMarker(marker, context.markers);
  }
}

function markerText({ marker }: LockEntry): string {
  return marker === undefined ? '' : formatMarker(marker);
}

/** A requirement, with where it stands. */
function described(requirement: Requirement): string {
  const { origin } = requirement;
  return `\`${formatRequirement(requirement)}\`${origin === undefined ? '' : ` (${formatOrigin(origin)})`}`;
}
