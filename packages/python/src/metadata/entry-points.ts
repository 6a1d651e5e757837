import { isTable } from './toml-file.js';

/** Entry points: what they refer to, without white space, by group and name. Plain data. */
export type EntryPoints = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Reads the text of an `entry_points.txt` (entry points specification, "File format"); what is no entry is skipped. */
export function parseEntryPoints(text: string): EntryPoints {
  const groups: Record<string, Record<string, string>> = {};
  let group: Record<string, string> | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) group = groups[header.trim()] ??= {};
    else if (group !== undefined) put(group, line);
  }
  return groups;
}

/**
 * Entry points as setuptools takes them from `setup()`: such a text, or by group a list or a text of lines.
 *
 * @returns `undefined` for what setuptools does not take
 */
export function setupEntryPoints(value: unknown): EntryPoints | undefined {
  if (typeof value === 'string') return parseEntryPoints(value);
  if (!isTable(value)) return undefined;
  const groups: Record<string, Record<string, string>> = {};
  for (const [group, lines] of Object.entries(value)) {
    const texts: readonly unknown[] = Array.isArray(lines) ? lines : [lines];
    if (!texts.every((line): line is string => typeof line === 'string')) return undefined;
    const entries = (groups[group] ??= {});
    for (const line of texts.flatMap((text) => text.split(/\r?\n/))) put(entries, line);
  }
  return groups;
}

/** Those of a table of TOML by name; of Poetry's the ones that are written as tables too, but for scripts that are files. */
export function tableEntryPoints(table: unknown): Record<string, string> {
  if (!isTable(table)) return {};
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'string') return [[name, reference(value)]];
      if (!isTable(value) || value.type === 'file') return [];
      const { reference: target = value.callable, extras } = value;
      if (typeof target !== 'string') return [];
      const list = Array.isArray(extras) ? `[${extras.map(String).join(',')}]` : '';
      return [[name, reference(`${target}${list}`)]];
    }),
  );
}

function put(entries: Record<string, string>, line: string): void {
  const [, name, value] = /^([^=#]*[^=#\s])\s*=\s*(.*)$/.exec(line.trim()) ?? [];
  if (name !== undefined && value !== undefined) entries[name] = reference(value);
}

function reference(value: string): string {
  return value.replace(/\s+/g, '');
}
