import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { Origin } from '@wheelhouse/element';
import { LEFT_OUT, leftOutBy } from './left-out.js';
import type { ProjectFiles } from '../project-files.js';
import type { NamedFile } from './named-file.js';
import { parseConfig, type Sections } from '../setup-cfg.js';
import { isTable, type TomlFile } from '../toml-file.js';

/**
 * Files that setuptools is configured to package although they are excluded otherwise. Its automatic discovery ignores
 * them, but not its configuration.
 */
export function namedToSetuptools(toml: TomlFile, files: ProjectFiles): NamedFile[] {
  const config = files.read('setup.cfg');
  return [
    ...foundBy(findTable(toml), files, toml.origin(['tool', 'setuptools', 'packages', 'find'])),
    ...(config === undefined ? [] : namedByConfig(parseConfig(config, files.label('setup.cfg')), files)),
    ...namedBySetupPy(files),
    ...namedByManifestIn(files),
  ];
}

/** Where and what setuptools' `find` is to find. */
interface Find {
  readonly where: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

function findTable(toml: TomlFile): Find | undefined {
  const packages = toml.tableAt('tool', 'setuptools')?.packages;
  const find = isTable(packages) ? packages.find : undefined;
  if (!isTable(find)) return undefined;
  return { where: texts(find.where), include: texts(find.include), exclude: texts(find.exclude) };
}

/** The packages among what is left out that `find` finds. */
function foundBy(find: Find | undefined, files: ProjectFiles, origin: Origin): NamedFile[] {
  if (find === undefined) return [];
  const { where, include, exclude } = find;
  if (where.length > 0 && !where.some((each) => posix.normalize(each).replace(/\/$/, '') === '.')) return [];
  const matches = (patterns: readonly string[], name: string): boolean =>
    patterns.some((pattern) => picomatch.isMatch(name, pattern));
  return LEFT_OUT.filter(
    (name) =>
      (include.length === 0 || matches(include, name)) &&
      !matches(exclude, name) &&
      files.read(`${name}/__init__.py`) !== undefined,
  ).map((name) => ({ path: `${name}/**`, glob: true, origin }));
}

function namedByConfig(sections: Sections, files: ProjectFiles): NamedFile[] {
  const packages = sections.get('options')?.get('packages');
  if (packages === undefined) return [];
  const origin = { file: files.label('setup.cfg'), line: packages.line, column: packages.column };
  const value = packages.lines.map(({ text }) => text).join('\n');
  if (!/^find(_namespace)?:/.test(value)) {
    return words(value).flatMap((text) => leftOutBy(text, { sdist: false, origin }));
  }
  const section = sections.get('options.packages.find');
  const list = (key: string): string[] => words((section?.get(key)?.lines ?? []).map(({ text }) => text).join('\n'));
  return foundBy({ where: list('where'), include: list('include'), exclude: list('exclude') }, files, origin);
}

/** What a setup.py says explicitly. */
function namedBySetupPy(files: ProjectFiles): NamedFile[] {
  const text = files.read('setup.py') ?? '';
  const origin = { file: files.label('setup.py'), line: 1, column: 0 };
  const [, list = ''] = /\bpackages\s*=\s*\[([^\]]*)\]/.exec(text) ?? [];
  const literal = literals(list).flatMap((name) => leftOutBy(name, { sdist: false, origin }));
  const [, given] = /\bfind_(?:namespace_)?packages\(([^)]*)\)/.exec(text) ?? [];
  if (given === undefined) return literal;
  const keyword = (name: string): string[] =>
    literals(new RegExp(`\\b${name}\\s*=\\s*([[(][^\\])]*|[^,]*)`).exec(given)?.[1] ?? '');
  const [first = ''] = given.split(',', 1);
  const where = first.includes('=') ? keyword('where') : literals(first);
  const find = { where, include: keyword('include'), exclude: keyword('exclude') };
  return [...literal, ...foundBy(find, files, origin)];
}

/** What MANIFEST.in takes into the sdist. */
function namedByManifestIn(files: ProjectFiles): NamedFile[] {
  const lines = (files.read('MANIFEST.in') ?? '').split(/\r\n|\r|\n/);
  return lines.flatMap((line, index) => {
    const [command = '', ...patterns] = line.trim().split(/\s+/);
    const named = command === 'recursive-include' ? patterns.slice(0, 1) : patterns;
    if (!['include', 'recursive-include', 'graft'].includes(command)) return [];
    const origin = { file: files.label('MANIFEST.in'), line: index + 1, column: 0 };
    return named.flatMap((pattern) => leftOutBy(pattern, { sdist: true, origin }));
  });
}

function literals(text: string): string[] {
  return [...text.matchAll(/(["'])(.*?)\1/g)].map(([, , value = '']) => value);
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((each) => each !== '');
}

function texts(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string');
}
