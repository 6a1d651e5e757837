import type { Change, ChangedInput } from './change.js';
import { jsonChanges } from './json-changes.js';
import type { KeyedElement } from './keyed-element.js';
import { kindChanges } from './kind-changes.js';
import { sourcesChanges } from './source-changes.js';
import type { Json } from '../base/json.js';

/** What differs between the own inputs of an element then and now. Keys of dependencies are not looked at. */
export async function inputChanges(before: KeyedElement, after: KeyedElement): Promise<Change[]> {
  const [old, young] = [before.inputs, after.inputs];
  const compared = (what: ChangedInput, name: keyof typeof old & string): Change[] =>
    changesOf(what, old[name], young[name]);
  const sources = await sourcesChanges([old.sources, before.sources], [young.sources, after.sources]);
  const rules = [
    ...changesOf('rules', { keys: old.format }, { keys: young.format }),
    ...changesOf('rules', rulesOf(old.rules), rulesOf(young.rules)),
  ];
  const kind = kindChanges(old.kind, young.kind);
  // Another kind has other variables, and another configuration.
  if (before.kind !== after.kind) return [...rules, ...kind, ...sources];
  return [
    ...rules,
    ...kind,
    ...compared('variable', 'variables'),
    ...compared('environment', 'environment'),
    ...configurationChanges(after.kind, old.plugin, young.plugin),
    ...compared('public', 'public'),
    ...compared('sandbox', 'platform'),
    ...compared('warnings', 'fatal'),
    ...sources,
  ];
}

/** The difference of two values as changes of inputs. */
export function changesOf(what: ChangedInput, before: Json | undefined, after: Json | undefined): Change[] {
  return jsonChanges(before, after).map(({ path, ...values }) => ({
    what,
    name: path,
    how: values.before === undefined ? 'added' : values.after === undefined ? 'removed' : 'changed',
    ...values,
  }));
}

/** Of a toolchain of kind `host` only digests are known. */
function configurationChanges(kind: string, before: Json, after: Json): Change[] {
  return changesOf('configuration', before, after).map((change) =>
    kind === 'host' && change.name === 'host'
      ? { what: 'machine', name: 'package database, settings or interpreter', how: 'changed' }
      : change,
  );
}

function rulesOf(rules: Json): Json {
  const versions = rules as { readonly [name: string]: Json };
  return Object.fromEntries(Object.entries(versions).map(([name, value]) => [`the rules of the ${name}`, value]));
}
