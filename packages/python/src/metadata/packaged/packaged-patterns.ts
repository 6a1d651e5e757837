import { posix } from 'node:path';
import type { Origin } from '@wheelhouse/element';
import type { ProjectFiles } from '../project-files.js';
import { type PackagedPattern } from './packaged-pattern.js';
import { DEFAULT_BACKEND, readsSetupPy } from '../build-system.js';
import { parseConfig, type Sections } from '../setup-cfg.js';
import { isTable, TomlFile } from '../toml-file.js';
import { manifestPatterns } from './manifest-patterns.js';

/** How the patterns of a key are meant. */
type Syntax =
  /** Paths and globs from the project's directory on. */
  | 'path'
  /** As git has them: one without a slash is about any directory. */
  | 'gitignore';

interface Row {
  /** A prefix of `build-system.build-backend`. */
  readonly backend: string;
  /** `*` stands for every key of a table. */
  readonly at: readonly string[];
  readonly keys: readonly string[];
  readonly syntax: Syntax;
}

/** Where patterns in pyproject.toml select the content of distributions, by backend. */
const ROWS: readonly Row[] = [
  ...[
    ['tool', 'hatch', 'build'],
    ['tool', 'hatch', 'build', 'targets', 'wheel'],
    ['tool', 'hatch', 'build', 'targets', 'sdist'],
  ].flatMap((at): Row[] => [
    { backend: 'hatchling', at, keys: ['include', 'artifacts'], syntax: 'gitignore' },
    { backend: 'hatchling', at, keys: ['force-include', 'only-include', 'packages'], syntax: 'path' },
  ]),
  { backend: 'pdm.', at: ['tool', 'pdm', 'build'], keys: ['includes', 'source-includes'], syntax: 'path' },
  { backend: 'poetry', at: ['tool', 'poetry'], keys: ['include'], syntax: 'path' },
  { backend: 'flit_core', at: ['tool', 'flit', 'sdist'], keys: ['include'], syntax: 'path' },
  { backend: 'uv_build', at: ['tool', 'uv', 'build-backend'], keys: ['source-include'], syntax: 'path' },
  { backend: 'scikit_build_core', at: ['tool', 'scikit-build', 'sdist'], keys: ['include'], syntax: 'gitignore' },
  { backend: 'maturin', at: ['tool', 'maturin'], keys: ['include'], syntax: 'path' },
  { backend: 'setuptools', at: ['tool', 'setuptools', 'data-files'], keys: ['*'], syntax: 'path' },
];

/**
 * The patterns by which a project says what its distributions hold: package data, MANIFEST.in, and what the tables of
 * backends include.
 *
 * @param ofSetupPy package data of a setup.py
 */
export function readPackagedPatterns(
  files: ProjectFiles,
  ofSetupPy: readonly PackagedPattern[] = [],
): PackagedPattern[] {
  const toml = TomlFile.parse(files.read('pyproject.toml') ?? '', files.label('pyproject.toml'));
  const given = toml.tableAt('build-system')?.['build-backend'];
  const backend = typeof given === 'string' ? given : DEFAULT_BACKEND;
  const rows = ROWS.filter((row) => backend.startsWith(row.backend)).flatMap((row) => ofRow(row, toml));
  return readsSetupPy(backend)
    ? [...rows, ...packageData(toml), ...ofSetupCfg(files), ...ofSetupPy, ...ofManifest(files)]
    : rows;
}

function ofRow({ at, keys, syntax }: Row, toml: TomlFile): PackagedPattern[] {
  const table = toml.tableAt(...at) ?? {};
  const names = keys.includes('*') ? Object.keys(table) : keys.filter((key) => table[key] !== undefined);
  return names.flatMap((key) =>
    patternsIn(table[key], key).flatMap((pattern) => {
      const plain = pattern.replace(/^\.\//, '');
      // What is removed, and what is elsewhere, is not looked for in the project.
      if (plain.startsWith('!') || plain.startsWith('../') || (posix.isAbsolute(plain) && syntax === 'path')) return [];
      return [{ pattern, globs: globsOf(plain, syntax), origin: toml.origin(at, key, pattern) }];
    }),
  );
}

function patternsIn(value: unknown, key: string): string[] {
  if (key === 'force-include') return isTable(value) ? Object.keys(value) : [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => {
    const text = isTable(item) ? item.path : item;
    return typeof text === 'string' && text !== '' ? [text] : [];
  });
}

/** A directory stands for what is in it. */
function globsOf(pattern: string, syntax: Syntax): string[] {
  const path = pattern.replace(/^\/+/, '').replace(/\/+$/, '');
  if (path === '' || path === '.') return ['**'];
  const anchored = syntax === 'path' || pattern.replace(/\/+$/, '').includes('/');
  const glob = anchored ? path : `**/${path}`;
  return [glob, `${glob}/**`];
}

/** `[tool.setuptools.package-data]`. */
function packageData(toml: TomlFile): PackagedPattern[] {
  const at = ['tool', 'setuptools', 'package-data'];
  return Object.entries(toml.tableAt(...at) ?? {}).flatMap(([name, value]) =>
    patternsIn(value, name).map((pattern) => packagePattern(name, pattern, toml.origin(at, name, pattern))),
  );
}

/** Package data by its package, setuptools' `*` and the empty name being every package. */
export function packagePattern(name: string, pattern: string, origin: Origin): PackagedPattern {
  const directory = name === '' || name === '*' ? '**' : name.replaceAll('.', '/');
  return { pattern, package: name === '*' ? '' : name, globs: [posix.normalize(`${directory}/${pattern}`)], origin };
}

function ofSetupCfg(files: ProjectFiles): PackagedPattern[] {
  const text = files.read('setup.cfg');
  if (text === undefined) return [];
  const file = files.label('setup.cfg');
  const sections = parseConfig(text, file);
  return [
    ...listsOf(sections, 'options.package_data').map(({ key, text: pattern, line, column }) =>
      packagePattern(key, pattern, { file, line, column }),
    ),
    ...listsOf(sections, 'options.data_files').map(({ text: pattern, line, column }) => ({
      pattern,
      globs: globsOf(pattern, 'path'),
      origin: { file, line, column },
    })),
  ];
}

/** The items of the options of a section, one a line or divided by commas. */
function listsOf(
  sections: Sections,
  name: string,
): { readonly key: string; readonly text: string; readonly line: number; readonly column: number }[] {
  return [...(sections.get(name) ?? [])].flatMap(([key, { lines }]) =>
    lines.flatMap(({ text, line, column }) =>
      text
        .split(',')
        .map((item) => ({ key, text: item.trim(), line, column }))
        .filter((item) => item.text !== ''),
    ),
  );
}

function ofManifest(files: ProjectFiles): PackagedPattern[] {
  const text = files.read('MANIFEST.in');
  const file = files.label('MANIFEST.in');
  return text === undefined
    ? []
    : manifestPatterns(text).map(({ line, ...pattern }) => ({ ...pattern, origin: { file, line, column: 0 } }));
}
