import { ElementError } from '@wheelhouse/element';
import type { Declaration, Field, Placed, Unreadable } from './declaration.js';
import { parseEntryPoints, setupEntryPoints, type EntryPoints } from './entry-points.js';
import type { ProjectFiles } from './project-files.js';
import { requirementLines } from './requirements-file.js';

/** An option of a configparser file: its value as Python's `RawConfigParser` gives it, line by line with places. */
interface Option {
  readonly line: number;
  /** Column of the first line's value. */
  readonly column: number;
  readonly lines: readonly { readonly text: string; readonly line: number; readonly column: number }[];
}

/** Sections by name, options by name (case kept, as setuptools does). */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, Option>>;

/**
 * What setup.cfg declares in setuptools' `[metadata]` and `[options]`. `attr:` values are computed when the project is
 * built and so unreadable; `file:` values are read.
 *
 * @returns `undefined` if the project has no setup.cfg
 * @throws ElementError METADATA if configparser would refuse the file
 */
export function readSetupCfg(files: ProjectFiles): Declaration | undefined {
  const text = files.read('setup.cfg');
  if (text === undefined) return undefined;
  const file = files.label('setup.cfg');
  const sections = parseConfig(text, file);
  const option = (section: string, name: string): Option | undefined => {
    const options = sections.get(section);
    // Names with dashes are setuptools' old spelling of those with underscores.
    return options?.get(name) ?? options?.get(name.replaceAll('_', '-')) ?? sections.get('DEFAULT')?.get(name);
  };
  const extras = sections.get('options.extras_require');
  return {
    name: single(option('metadata', 'name'), file, files),
    version: single(option('metadata', 'version'), file, files),
    versionTag: versionTag(option('egg_info', 'tag_build'), option('egg_info', 'tag_date'), file),
    description: single(option('metadata', 'description') ?? option('metadata', 'summary'), file, files),
    requiresPython: single(option('options', 'python_requires'), file, files),
    dependencies: list(option('options', 'install_requires'), file, files),
    extras: extras === undefined ? undefined : extrasOf(extras, file, files),
    entryPoints: entryPointsOf(sections, file, files),
    readme: readmeOf(option('metadata', 'long_description'), file),
  };
}

/** `tag_build` and `tag_date` of `[egg_info]`, which setuptools' command of that name has. */
function versionTag(build: Option | undefined, date: Option | undefined, file: string): Field<string> {
  const textOf = (option: Option | undefined): string =>
    (option?.lines ?? [])
      .map(({ text }) => text)
      .join('')
      .trim();
  if (date !== undefined && !/^(0|false|no|off|n|f|)$/i.test(textOf(date))) {
    return {
      origin: { file, line: date.line, column: date.column },
      why: '`tag_date` adds the day of the build to the version',
    };
  }
  const tag = textOf(build);
  return build === undefined || tag === ''
    ? undefined
    : { value: tag, origin: { file, line: build.line, column: build.column } };
}

/** `[options.entry_points]`, or the option `entry_points` with a `file:`. */
function entryPointsOf(sections: Sections, file: string, files: ProjectFiles): Field<EntryPoints> {
  const named = single(sections.get('options')?.get('entry_points'), file, files);
  if (named !== undefined) return 'value' in named ? { ...named, value: parseEntryPoints(named.value) } : named;
  const groups = sections.get('options.entry_points');
  const [first] = groups?.values() ?? [];
  if (groups === undefined || first === undefined) return undefined;
  const lines = [...groups].map(([group, option]) => [group, option.lines.map(({ text }) => text)] as const);
  const value = setupEntryPoints(Object.fromEntries(lines));
  return value === undefined ? undefined : { value, origin: { file, line: first.line, column: 0 } };
}

function readmeOf(option: Option | undefined, file: string): Field<readonly string[]> {
  if (option === undefined) return undefined;
  const value = option.lines
    .map(({ text }) => text)
    .join('\n')
    .trim();
  const origin = { file, line: option.line, column: option.column };
  if (value === '' || value.startsWith('attr:')) return undefined;
  if (!value.startsWith('file:')) return { value: [], origin };
  const names = value.slice('file:'.length).split(/[,\n]/);
  return { value: names.map((name) => name.trim()).filter((name) => name !== ''), origin };
}

function extrasOf(
  options: ReadonlyMap<string, Option>,
  file: string,
  files: ProjectFiles,
): Field<ReadonlyMap<string, readonly Placed<string>[]>> {
  const extras = new Map<string, readonly Placed<string>[]>();
  for (const [extra, option] of options) {
    const field = list(option, file, files);
    if (field === undefined) continue;
    if (!('value' in field)) return field;
    extras.set(extra, field.value);
  }
  const [first] = options.values();
  return { value: extras, origin: { file, line: first?.line ?? 1, column: 0 } };
}

function single(option: Option | undefined, file: string, files: ProjectFiles): Field<string> {
  if (option === undefined) return undefined;
  const value = option.lines
    .map((line) => line.text)
    .join('\n')
    .trim();
  const origin = { file, line: option.line, column: option.column };
  if (value.startsWith('attr:')) return { origin, why: `\`${value}\` is computed when the project is built` };
  if (!value.startsWith('file:')) return value === '' ? undefined : { value, origin };
  const texts = referenced(value, origin, files);
  if ('why' in texts) return texts;
  return { value: texts.value.map(([, text]) => text.trim()).join('\n'), origin };
}

/** setuptools' `list-semi`: a dangling list, or one line with semicolons. */
function list(option: Option | undefined, file: string, files: ProjectFiles): Field<readonly Placed<string>[]> {
  if (option === undefined) return undefined;
  const origin = { file, line: option.line, column: option.column };
  const first = option.lines[0]?.text ?? '';
  if (first.startsWith('file:')) {
    const texts = referenced(option.lines.map((line) => line.text).join(' '), origin, files);
    if ('why' in texts) return texts;
    return { value: texts.value.flatMap(([name, text]) => requirementLines(text, files.label(name))), origin };
  }
  const isDangling = option.lines.length > 1;
  const items = option.lines.flatMap(({ text, line, column }) => {
    const parts = isDangling ? [text] : text.split(';');
    return parts.map((part) => ({ value: part.trim(), origin: { file, line, column } }));
  });
  return { value: items.filter((item) => item.value !== ''), origin };
}

function referenced(
  directive: string,
  origin: Unreadable['origin'],
  files: ProjectFiles,
): Placed<readonly (readonly [name: string, text: string])[]> | Unreadable {
  const texts: [string, string][] = [];
  for (const name of directive
    .slice('file:'.length)
    .split(',')
    .map((part) => part.trim())) {
    const text = files.holds(name) ? files.read(name) : undefined;
    if (text === undefined)
      return { origin, why: `\`${directive}\` refers to the file \`${name}\`, which does not exist in the project` };
    texts.push([name, text]);
  }
  return { value: texts, origin };
}

/**
 * Python's `RawConfigParser` with its defaults: `=` or `:` delimit, lines indented deeper than their option continue
 * it, empty lines belong to values, lines that begin with `#` or `;` are comments, duplicates are errors.
 */
export function parseConfig(text: string, file: string): Sections {
  const sections = new Map<string, Map<string, Option>>();
  let section: Map<string, Option> | undefined;
  let option: { lines: { text: string; line: number; column: number }[] } | undefined;
  let indent = 0;
  const fail = (message: string, line: number): never => {
    throw new ElementError({ code: 'METADATA', message, origin: { file, line, column: 0 } });
  };
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const number = index + 1;
    const trimmed = raw.trim();
    if (/^[#;]/.test(trimmed)) continue;
    const depth = raw.length - raw.trimStart().length;
    if (trimmed === '') continue;
    if (option !== undefined && depth > indent) {
      option.lines.push({ text: trimmed, line: number, column: depth });
      continue;
    }
    indent = depth;
    const header = /^\[(.+)\]/.exec(trimmed)?.[1];
    if (header !== undefined) {
      if (header !== 'DEFAULT' && sections.has(header)) fail(`the section \`${header}\` occurs twice`, number);
      section = sections.get(header) ?? new Map<string, Option>();
      sections.set(header, section);
      option = undefined;
      continue;
    }
    if (section === undefined) return fail(`\`${trimmed}\` comes before any section`, number);
    const match = /^(.*?)\s*[=:](.*)$/.exec(trimmed);
    const name = match?.[1];
    if (match === null || name === undefined || name === '')
      return fail(`\`${trimmed}\` is neither a section nor an option`, number);
    if (section.has(name)) fail(`the option \`${name}\` occurs twice`, number);
    const value = (match[2] ?? '').trim();
    const column = depth + trimmed.length - value.length;
    const added = {
      line: number,
      column: value === '' ? depth : column,
      lines: [{ text: value, line: number, column }],
    };
    section.set(name, added);
    option = added;
  }
  return sections;
}
