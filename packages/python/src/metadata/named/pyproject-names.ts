import { posix } from 'node:path';
import { moduleFile } from './module-file.js';
import type { ProjectFiles } from '../project-files.js';
import type { NamedFile } from './named-file.js';
import { isTable, type TomlFile } from '../toml-file.js';

/** How a value names files. */
type Form =
  /** A path, or a list of paths. */
  | 'path'
  /** The same, of a file that the build writes. */
  | 'written'
  /** A table with a path, or a list of paths, under `file`, `path` or `script`; or a setuptools `attr`. */
  | 'table'
  /** Patterns (PEP 639), or a table with `paths` and `globs` as older drafts had it. */
  | 'globs'
  /** A directory that a backend is imported from. */
  | 'directory';

interface Row {
  /** A prefix of `build-system.build-backend`; every backend if absent. */
  readonly backend?: string;
  /** `*` stands for every key of a table. */
  readonly at: readonly string[];
  readonly key: string;
  readonly forms: readonly Form[];
  /** The path that is meant where the table is there and names none. */
  readonly usual?: string;
}

/** Where pyproject.toml names files, by the tool that reads it. */
const ROWS: readonly Row[] = [
  { at: ['project'], key: 'readme', forms: ['path', 'table'] },
  { at: ['project'], key: 'license', forms: ['table'] },
  { at: ['project'], key: 'license-files', forms: ['globs'] },
  { at: ['build-system'], key: 'backend-path', forms: ['directory'] },
  { backend: 'setuptools', at: ['tool', 'setuptools'], key: 'license-files', forms: ['globs'] },
  { backend: 'setuptools', at: ['tool', 'setuptools', 'dynamic'], key: '*', forms: ['table'] },
  {
    backend: 'setuptools',
    at: ['tool', 'setuptools', 'dynamic', 'optional-dependencies'],
    key: '*',
    forms: ['table'],
  },
  { backend: 'setuptools', at: ['tool', 'setuptools_scm'], key: 'version_file', forms: ['written'] },
  { backend: 'setuptools', at: ['tool', 'setuptools_scm'], key: 'write_to', forms: ['written'] },
  { backend: 'setuptools', at: ['tool', 'versioneer'], key: 'versionfile_source', forms: ['path'] },
  { backend: 'hatchling', at: ['tool', 'hatch', 'version'], key: 'path', forms: ['path'] },
  {
    backend: 'hatchling',
    at: ['tool', 'hatch', 'metadata', 'hooks', 'custom'],
    key: 'path',
    forms: ['path'],
    usual: 'hatch_build.py',
  },
  {
    backend: 'hatchling',
    at: ['tool', 'hatch', 'build', 'hooks', 'custom'],
    key: 'path',
    forms: ['path'],
    usual: 'hatch_build.py',
  },
  {
    backend: 'hatchling',
    at: ['tool', 'hatch', 'build', 'targets', '*', 'hooks', 'custom'],
    key: 'path',
    forms: ['path'],
    usual: 'hatch_build.py',
  },
  {
    backend: 'hatchling',
    at: ['tool', 'hatch', 'metadata', 'hooks', 'fancy-pypi-readme'],
    key: 'fragments',
    forms: ['table'],
  },
  {
    backend: 'hatchling',
    at: ['tool', 'hatch', 'metadata', 'hooks', 'requirements_txt'],
    key: 'files',
    forms: ['path'],
  },
  {
    backend: 'hatchling',
    at: ['tool', 'hatch', 'metadata', 'hooks', 'requirements_txt', 'optional-dependencies'],
    key: '*',
    forms: ['path'],
  },
  { backend: 'hatchling', at: ['tool', 'hatch', 'build', 'hooks', 'vcs'], key: 'version-file', forms: ['written'] },
  { backend: 'hatchling', at: ['tool', 'hatch', 'build', 'hooks', 'version'], key: 'path', forms: ['written'] },
  { backend: 'pdm.', at: ['tool', 'pdm', 'version'], key: 'path', forms: ['path'] },
  { backend: 'pdm.', at: ['tool', 'pdm', 'version'], key: 'write_to', forms: ['written'] },
  { backend: 'pdm.', at: ['tool', 'pdm', 'build'], key: 'custom-hook', forms: ['path'] },
  { backend: 'poetry', at: ['tool', 'poetry'], key: 'readme', forms: ['path'] },
  { backend: 'poetry', at: ['tool', 'poetry'], key: 'build', forms: ['path', 'table'] },
  { backend: 'flit_core', at: ['tool', 'flit', 'metadata'], key: 'description-file', forms: ['path'] },
  { backend: 'flit_core', at: ['tool', 'flit', 'metadata'], key: 'license-files', forms: ['globs'] },
  { backend: 'maturin', at: ['tool', 'maturin'], key: 'manifest-path', forms: ['path'] },
  { backend: 'scikit_build_core', at: ['tool', 'scikit-build', 'wheel'], key: 'license-files', forms: ['globs'] },
  { backend: 'scikit_build_core', at: ['tool', 'scikit-build', 'metadata', '*'], key: 'input', forms: ['path'] },
];

/** The files that pyproject.toml names to its backend; what has another form than it should is the backend's to refuse. */
export function namedByPyproject(toml: TomlFile, files: ProjectFiles, backend: string): NamedFile[] {
  const rows = ROWS.filter((row) => backend.startsWith(row.backend ?? ''));
  return rows.flatMap((row) =>
    tablesAt(toml, row.at).flatMap((at) => {
      const table = toml.tableAt(...at) ?? {};
      const keys = row.key === '*' ? Object.keys(table) : [row.key];
      return keys.flatMap((key) => {
        const value = table[key] ?? row.usual;
        return row.forms
          .flatMap((form) => namesIn(value, form, files, toml))
          .map((each) => ({
            ...each,
            path: posix.normalize(each.path),
            ...(row.key === 'license-files' ? { licence: true as const } : {}),
            origin: toml.origin(at, key),
          }));
      });
    }),
  );
}

/** The paths of the tables that are there. */
function tablesAt(toml: TomlFile, pattern: readonly string[]): string[][] {
  let found: string[][] = [[]];
  for (const name of pattern) {
    found = found.flatMap((at) => {
      const table = valueAt(toml.table, at);
      if (!isTable(table)) return [];
      const names = name === '*' ? Object.keys(table) : [name];
      return names.filter((each) => isTable(table[each])).map((each) => [...at, each]);
    });
  }
  return found;
}

function valueAt(table: unknown, at: readonly string[]): unknown {
  return at.reduce<unknown>((value, name) => (isTable(value) ? value[name] : undefined), table);
}

type Named = Omit<NamedFile, 'origin'>;

function namesIn(value: unknown, form: Form, files: ProjectFiles, toml: TomlFile): Named[] {
  switch (form) {
    case 'path':
      return texts(value).map((path) => ({ path }));
    case 'written':
      return texts(value).map((path) => ({ path, written: true }));
    case 'directory':
      return texts(value).flatMap((path) =>
        backendGlobs(path, toml).map((glob) => ({ path: glob, glob: true as const })),
      );
    case 'globs': {
      const { paths, globs } = isTable(value) ? value : {};
      return [
        ...texts(paths).map((path) => ({ path })),
        ...[...texts(globs), ...texts(value)].map((path) => ({ path, glob: true as const })),
      ];
    }
    case 'table': {
      const tables: readonly unknown[] = Array.isArray(value) ? value : [value];
      return tables.filter(isTable).flatMap(({ file, path, script, attr }) => {
        const module = typeof attr === 'string' ? moduleFile(attr, files, packageDirectories(toml)) : undefined;
        return [...texts(file), ...texts(path), ...texts(script), ...(module === undefined ? [] : [module])].map(
          (each) => ({ path: each }),
        );
      });
    }
  }
}

/**
 * What an in-tree backend is made of: the directory it is imported from, and of a project that is this directory itself
 * the backend's module, and the entry points that are beside it.
 */
function backendGlobs(path: string, toml: TomlFile): string[] {
  if (posix.join(path, '.') !== '.' && posix.join(path, '.') !== './') return [posix.join(path, '**')];
  const backend = valueAt(toml.table, ['build-system', 'build-backend']);
  const [module = ''] = typeof backend === 'string' ? backend.split(/[.:]/) : [];
  return [`${module}.py`, `${module}/**`, '*.egg-info/**'];
}

function packageDirectories(toml: TomlFile): string[] {
  const root = valueAt(toml.table, ['tool', 'setuptools', 'package-dir', '']);
  return [...texts(root), '', 'src'];
}

function texts(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string' && item !== '');
}
