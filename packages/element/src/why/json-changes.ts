import { canonicalJson, type Json } from '../base/json.js';

/** A value of two that differs. */
export interface JsonChange {
  /** Names joined by dots, items by their index now, or then if they are gone: `build-commands[1]`. Empty for the whole. */
  readonly path: string;
  /** Absent if there was nothing at that path. */
  readonly before?: Json;
  readonly after?: Json;
}

/** What differs between two values, by the smallest parts. Of lists, what is the same at both ends is skipped. */
export function jsonChanges(before: Json | undefined, after: Json | undefined, path = ''): JsonChange[] {
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ path, ...given('before', before), ...given('after', after) }];
  }
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (isList(before) && isList(after)) return listChanges(before, after, path);
  if (isDictionary(before) && isDictionary(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => jsonChanges(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  return [{ path, before, after }];
}

function listChanges(before: readonly Json[], after: readonly Json[], path: string): JsonChange[] {
  const same = (one: Json | undefined, other: Json | undefined): boolean =>
    one !== undefined && other !== undefined && canonicalJson(one) === canonicalJson(other);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && same(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [old, young] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return Array.from({ length: Math.max(old.length, young.length) }, (_, index) =>
    jsonChanges(old[index], young[index], `${path}[${start + index}]`),
  ).flat();
}

function given(name: 'before' | 'after', value: Json | undefined): Partial<JsonChange> {
  return value === undefined ? {} : { [name]: value };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isDictionary(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
