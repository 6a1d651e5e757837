import { TomlFile } from './toml-file.js';

/** The files of a project that may say which packages it has. */
export interface PackageStatements {
  /** The backend object that builds it (PEP 517). */
  readonly backend: string;
  readonly pyproject: string | undefined;
  readonly setupCfg: string | undefined;
  readonly setupPy: string | undefined;
  /** Whether it has a directory `src`. */
  readonly hasSrc: boolean;
}

/**
 * Whether setuptools looks for a project's packages by itself, beside its metadata ("Automatic discovery", flat-layout).
 * It then takes every directory with an identifier for a name, but for some that it knows, as a package, and refuses to
 * build if there are several: `docker` and `locks` are two.
 *
 * @throws ElementError METADATA if pyproject.toml is not TOML
 */
export function discoversPackages({ backend, pyproject, setupCfg, setupPy, hasSrc }: PackageStatements): boolean {
  if (!backend.startsWith('setuptools.') || hasSrc) return false;
  if (/\b(packages|py_modules|ext_modules|package_dir)\s*=/.test(setupPy ?? '')) return false;
  if (/^(packages|py_modules|package_dir)\s*=/m.test(setupCfg ?? '')) return false;
  const table = pyproject === undefined ? undefined : TomlFile.parse(pyproject, 'pyproject.toml');
  const setuptools = table?.tableAt('tool', 'setuptools');
  return ['packages', 'py-modules', 'ext-modules', 'package-dir'].every((key) => setuptools?.[key] === undefined);
}
