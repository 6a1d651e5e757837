import { leftOutBy } from './left-out.js';
import { namedToSetuptools } from './setuptools-packages.js';
import type { ProjectFiles } from '../project-files.js';
import { type NamedFile } from './named-file.js';
import { readsSetupPy } from '../build-system.js';
import { isTable, type TomlFile } from '../toml-file.js';

/** The tables that select the contents of distributions, and their keys that do. */
const TABLES: readonly {
  readonly backend: string;
  readonly at: readonly string[];
  readonly keys?: readonly string[];
}[] = [
  {
    backend: 'setuptools',
    at: ['tool', 'setuptools'],
    keys: ['packages', 'package-dir', 'data-files', 'script-files'],
  },
  { backend: 'hatchling', at: ['tool', 'hatch', 'build'] },
  { backend: 'pdm.', at: ['tool', 'pdm', 'build'] },
  { backend: 'poetry', at: ['tool', 'poetry'], keys: ['packages', 'include'] },
  { backend: 'flit_core', at: ['tool', 'flit'], keys: ['module', 'sdist', 'external-data'] },
  { backend: 'uv_build', at: ['tool', 'uv', 'build-backend'] },
  { backend: 'scikit_build_core', at: ['tool', 'scikit-build'], keys: ['sdist', 'wheel'] },
  { backend: 'maturin', at: ['tool', 'maturin'], keys: ['include', 'python-packages', 'data'] },
];

/**
 * What a project tells its backend to package of the directories and files that wheels are otherwise not made from.
 */
export function packagedPaths(toml: TomlFile, files: ProjectFiles, backend: string): NamedFile[] {
  const named = TABLES.filter((table) => backend.startsWith(table.backend)).flatMap(({ at, keys }) => {
    const table = toml.tableAt(...at) ?? {};
    return Object.keys(table)
      .filter((key) => keys?.includes(key) !== false)
      .flatMap((key) => textsIn(table[key], [key]).map((text) => ({ ...text, origin: toml.origin(at, key) })));
  });
  const paths = named.flatMap(({ text, sdist, origin }) => leftOutBy(text, { sdist, origin }));
  return readsSetupPy(backend) ? [...paths, ...namedToSetuptools(toml, files)] : paths;
}

interface Text {
  readonly text: string;
  /** Whether it is about the sdist alone. */
  readonly sdist: boolean;
}

/** The texts at any depth of a value, but for those about what is left out. */
function textsIn(value: unknown, at: readonly string[]): Text[] {
  if (/exclude|(^| )hooks|(^| )find|depend/.test(at.join(' '))) return [];
  const sdist = /sdist|source-include/.test(at.join(' '));
  if (typeof value === 'string') return [{ text: value, sdist }];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsIn(item, at));
  if (!isTable(value)) return [];
  const { format } = value;
  const formats: readonly unknown[] = Array.isArray(format) ? format : [format];
  const onlySdist = formats.length > 0 && formats.every((each) => each === 'sdist');
  return Object.entries(value).flatMap(([key, below]) => {
    const keys = at.includes('force-include') ? [{ text: key, sdist }] : [];
    return [...keys, ...textsIn(below, [...at, key])].map((each) => ({ ...each, sdist: each.sdist || onlySdist }));
  });
}
