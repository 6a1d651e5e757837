import type { MarkerEnvironment } from '../requirements/marker-environment.js';

/** A Python interpreter of this machine, as it describes itself. Plain data. */
export interface Interpreter {
  /** The real program: no shim, and not that of a virtual environment. */
  readonly executable: string;
  /** What messages call one that is not on this machine; absent for one that is. */
  readonly label?: string;
  /** Full version, such as `3.11.2`. */
  readonly version: string;
  /** `sys.implementation.name`: `cpython`, `pypy`. */
  readonly implementation: string;
  /** The extension suffix's ABI (`SOABI`), `''` if there is none. */
  readonly soabi: string;
  /** `sys.abiflags`. */
  readonly abiFlags: string;
  readonly basePrefix: string;
  readonly baseExecPrefix: string;
  /** Directories of the standard library, platform-dependent ones included. */
  readonly stdlib: readonly string[];
  /** Directories with what was installed into the base, which a sandbox hides. */
  readonly sitePackages: readonly string[];
  /** Files of the shared libpython, links to it included, where the interpreter was built with one. */
  readonly libraries: readonly string[];
  readonly markers: MarkerEnvironment;
  /** Compatibility tags (PEP 425), best first. */
  readonly tags: readonly string[];
  /** SHA-256 (hex) of implementation, version and tags: what a choice among a distribution's files depends on. */
  readonly tagsDigest: string;
}
