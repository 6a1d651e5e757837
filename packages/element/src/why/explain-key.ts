import { textOfChange, type Change } from './change.js';
import { derivedChanges } from './derived-changes.js';
import { changesOf, inputChanges } from './input-changes.js';
import type { KeyedElement, KeyedElements } from './keyed-element.js';
import { pairNames } from './paired-names.js';
import { canonicalJson } from '../base/json.js';
import type { Key } from '../plugin/ports.js';

/** A key, and where its inputs and those of its dependencies are looked up. */
export interface KeyedPoint {
  readonly key: Key;
  readonly elements: KeyedElements;
}

/** A difference that made a key another one. */
export interface Cause {
  readonly change: Change;
  /** From the element that was asked for down to the one whose own input differs: the shortest such path, by names now. */
  readonly path: readonly string[];
  /** How many other elements have the same change. */
  readonly others: number;
}

/**
 * Why a key is not another one: the inputs that differ, of the element itself and of all that it is built from. What
 * differs only because of a dependency is no cause. Each change is named once, those nearest to the element first.
 *
 * @param name what to call the element
 */
export async function explainKey(name: string, before: KeyedPoint, after: KeyedPoint): Promise<Cause[]> {
  const causes = new Map<string, Cause>();
  const add = (change: Change, path: readonly string[]): void => {
    const text = textOfChange(change);
    const known = causes.get(text);
    causes.set(text, known === undefined ? { change, path, others: 0 } : { ...known, others: known.others + 1 });
  };
  const seen = new Set<string>();
  const waiting = [{ before: before.key, after: after.key, path: [name] }];
  // A list is walked in the order in which it grows.
  for (const { path, ...keys } of waiting) {
    const pair = `${keys.before} ${keys.after}`;
    if (keys.before === keys.after || seen.has(pair)) continue;
    seen.add(pair);
    const [was, is] = [await before.elements.find(keys.before), await after.elements.find(keys.after)];
    if (was === undefined || is === undefined) {
      add({ what: 'unknown', name: path.at(-1) ?? name, how: 'changed' }, path);
      continue;
    }
    const { pairs, added, removed } = pairNames(was.dependencies, is.dependencies);
    const changes = [
      ...(await inputChanges(was, is)),
      ...added.map((each): Change => ({ what: 'dependency', name: each.name, how: 'added' })),
      ...removed.map((each): Change => ({ what: 'dependency', name: each.name, how: 'removed' })),
    ];
    const deeper = pairs.filter(([old, young]) => old.key !== young.key);
    for (const change of changes.length + deeper.length > 0 ? changes : remainder(was, is)) add(change, path);
    for (const [old, young] of deeper) waiting.push({ before: old.key, after: young.key, path: [...path, young.name] });
  }
  const found = [...causes.values()];
  const isDerived = derivedChanges(found.map(({ change }) => change));
  const named = found.filter(({ change }) => !isDerived(change));
  // The name of an element that a plan makes changes with what it is made from.
  const others = named.filter(({ change }) => change.what !== 'variable' || change.name !== 'element-name');
  return others.length > 0 ? others : named;
}

/** What nothing else has named: the order of dependencies or sources, or an input that this version does not know. */
function remainder(was: KeyedElement, is: KeyedElement): Change[] {
  const keys = (list: unknown): string => canonicalJson([...(list as string[])].sort());
  if (keys(was.inputs.dependencies) === keys(is.inputs.dependencies)) {
    const { dependencies: _was, ...before } = was.inputs;
    const { dependencies: _is, ...after } = is.inputs;
    const others = changesOf('configuration', before, after);
    return others.length > 0 ? others : [{ what: 'dependency', name: '', how: 'order' }];
  }
  return changesOf('configuration', was.inputs, is.inputs);
}
