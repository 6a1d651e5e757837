import type { Change } from './change.js';

/** A variable whose value is another one. */
interface ChangedVariable {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Whether a change only follows from that of a variable: of a value that contains the variable's, with nothing else
 * changed in it. A variable that has the whole value of another one is not taken for its cause.
 *
 * @param changes all that are known
 */
export function derivedChanges(changes: readonly Change[]): (change: Change) => boolean {
  const variables = changes.flatMap(({ what, name, before, after }): ChangedVariable[] =>
    what === 'variable' && typeof before === 'string' && before !== '' && typeof after === 'string'
      ? [{ name, before, after }]
      : [],
  );
  const longestFirst = [...variables].sort((a, b) => b.before.length - a.before.length);
  return ({ what, name, before, after }) => {
    if (typeof before !== 'string' || typeof after !== 'string') return false;
    const isShorter = (each: ChangedVariable): boolean => each.name !== name && each.before.length < before.length;
    const causes = longestFirst.filter(
      (each) => before.includes(each.before) && (what !== 'variable' || isShorter(each)),
    );
    const replaced = causes.reduce((text, each) => text.replaceAll(each.before, each.after), before);
    return (
      causes.length > 0 &&
      (replaced === after || causes.some((each) => before.replaceAll(each.before, each.after) === after))
    );
  };
}
