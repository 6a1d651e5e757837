import type { Requirement } from '../requirements/requirement.js';

/** What builds a project (PEP 517, PEP 518). */
export interface BuildSystem {
  /** Static build requirements; setuptools where the project names none. */
  readonly requires: readonly Requirement[];
  /** The backend object, as `module:object`. */
  readonly backend: string;
  /** In-tree directories the backend is imported from, relative to the project. */
  readonly backendPath: readonly string[];
}

/** What PEP 517 and setuptools take for granted where `[build-system]` or its backend is absent. */
export const DEFAULT_BACKEND = 'setuptools.build_meta:__legacy__';

/** PEP 518: what a project without `[build-system]` is built with. */
export const DEFAULT_BUILD_REQUIREMENT = 'setuptools>=40.8.0';

/** Backends that have nothing to do with setuptools, by the module they are in. */
const OTHER_BACKENDS =
  /^(?:hatchling|flit_core|pdm|poetry|poetry_dynamic_versioning|maturin|mesonpy|scikit_build_core|uv_build|sipbuild|whey)\b/;

/**
 * Whether a backend reads setup.py, setup.cfg and `[tool.setuptools]`: all that are not known to be another's do, since
 * backends of a project's own mostly wrap setuptools'.
 */
export function readsSetupPy(backend: string): boolean {
  return !OTHER_BACKENDS.test(backend);
}
