import { posix } from 'node:path';
import type { Layout } from './project-model.js';

/** What the files of a project amount to. */
export interface FoundPackages {
  readonly layout: Layout;
  readonly packages: readonly string[];
  readonly modules: readonly string[];
  readonly dataFiles: readonly string[];
}

/** Directories of a project that never contain its packages; most of them from setuptools' automatic discovery. */
export const NO_PACKAGES: ReadonlySet<string> = new Set([
  ...['tests', 'test', 'docs', 'doc', 'examples', 'example', 'scripts', 'tools', 'bin', 'build', 'dist', 'docker'],
  ...['locks', 'reports', 'benchmarks', 'tasks', 'requirements', 'node_modules', 'venv', 'env'],
]);

/** Modules beside setup.py that are not for others to import. */
const NO_MODULES = new Set(['setup', 'conftest', 'manage', 'noxfile', 'fabfile', 'tasks', 'toxfile', 'pavement']);

/**
 * The packages of a project: directories whose path from the project, or from its `src`, has an `__init__.py` at every
 * step. Where `src` has packages or modules, only those count.
 *
 * @param files relative to the project, `/`-separated
 */
export function findPackages(files: readonly string[]): FoundPackages {
  const under = files.filter((file) => file.startsWith('src/')).map((file) => file.slice('src/'.length));
  const [inSrc, flat] = [survey(under, () => false), survey(files, (name) => NO_PACKAGES.has(name))];
  const usesSrc = inSrc.packages.length + inSrc.modules.length > 0 && !files.includes('src/__init__.py');
  if (!usesSrc) return { layout: 'flat', ...flat };
  return { layout: 'src', ...inSrc, dataFiles: inSrc.dataFiles.map((file) => `src/${file}`) };
}

function survey(files: readonly string[], isOther: (top: string) => boolean): Omit<FoundPackages, 'layout'> {
  const known = new Set(files);
  const isPackage = (directory: string): boolean => {
    const names = directory.split('/');
    return (
      !isOther(names[0] ?? '') &&
      names.every((_, at) => known.has(`${names.slice(0, at + 1).join('/')}/__init__.py`)) &&
      names.every((name) => /^[A-Za-z_]\w*$/.test(name))
    );
  };
  const directories = files.filter((file) => posix.basename(file) === '__init__.py').map((file) => posix.dirname(file));
  const packages = directories.filter((directory) => directory !== '.' && isPackage(directory));
  const tops = new Set(packages.map((directory) => directory.split('/')[0] ?? ''));
  return {
    packages: packages.map((directory) => directory.replaceAll('/', '.')).sort(),
    modules: files
      .filter((file) => /^[A-Za-z_]\w*\.py$/.test(file))
      .map((file) => file.slice(0, -'.py'.length))
      .filter((name) => !NO_MODULES.has(name) && !/^(__init__|test_.*)$/.test(name))
      .sort(),
    dataFiles: files.filter((file) => tops.has(file.split('/')[0] ?? '') && isData(file)).sort(),
  };
}

function isData(file: string): boolean {
  return (
    file.includes('/') &&
    !/\.(py|pyc|pyo|pyd|so|c|pyx|pxd|h|cpp|rs)$/.test(file) &&
    !/(^|\/)(__pycache__|\.)/.test(file)
  );
}
