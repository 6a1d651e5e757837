import type { Origin } from '@wheelhouse/element';
import type { Crate } from './crate.js';
import type { Marker } from '../requirements/marker.js';

/** One locked distribution. */
export interface LockEntry {
  /** Normalised, as uv writes it. */
  readonly normalizedName: string;
  readonly version: string;
  /** Where it applies; everywhere when absent. */
  readonly marker?: Marker;
  /** The files that may be it: `sha256:<hex>`, sorted. Never empty. */
  readonly hashes: readonly string[];
  readonly origin: Origin;
}

/** What a lock is for; `tools` is that of this package's own programs. */
export type LockKind = 'test' | 'runtime' | 'build' | 'tools';

/** A distribution whose file is beside the locks, in `vendor/`, because its requirement names an address. */
export interface VendoredFile {
  /** The file's name, by which pip knows name and version. */
  readonly file: string;
  /** The address as it is required, without credentials. */
  readonly from: string;
  /** The commit that the address stood for, or the digest of a directory's files. */
  readonly at?: string;
}

/** A lock file as data. */
export interface Lock {
  /** The file as people know it: relative to the workspace. */
  readonly file: string;
  readonly kind: LockKind;
  /** Whose lock it is: a project's distribution name, or `name==version` of an sdist. */
  readonly distribution: string;
  /** The name of the resolve that the project was in; absent if it was resolved alone. */
  readonly resolve?: string;
  /** The lowest Python it is good for, as `X.Y` or `X.Y.Z`. */
  readonly python: string;
  /** The version of uv that made it. */
  readonly uv: string;
  /** The requirement lines it answers, in one spelling, sorted. */
  readonly requirements: readonly string[];
  /** Those of the requirements of an sdist's build lock that it does not declare itself; absent if there are none. */
  readonly extraRequirements?: readonly string[];
  /** Build locks: what `get_requires_for_build_wheel` asked for on top of them. */
  readonly hookRequirements: readonly string[];
  /** Lines of what versions may be, in one spelling, sorted; absent if there are none. */
  readonly constraints?: readonly string[];
  /** Which pre-releases the answer may hold; absent for uv's own choice. */
  readonly prereleases?: string;
  /** What uv was told beside that (`exclude-newer`), as lines of one spelling, sorted; absent if it was told nothing. */
  readonly settings?: readonly string[];
  /** What uv was told by the machine that made the lock, in the same lines; absent if that was nothing (docs/adr/0080). */
  readonly machineSettings?: readonly string[];
  /** The entries that come from no index; absent if there are none. */
  readonly vendored?: readonly VendoredFile[];
  /** What the header says the digest of all this is: `sha256:<hex>`. */
  readonly requirementsDigest: string;
  /** Of the build lock of an sdist: that it is built although there are wheels (`noBinary`). */
  readonly noBinary?: true;
  /** Entries, as `name==version`, whose wheels are taken because their own builds lead back here (docs/adr/0027). */
  readonly bootstrap?: readonly string[];
  /** Of the build lock of an sdist that cargo builds: the crates of its Cargo.lock (docs/adr/0028). */
  readonly crates?: readonly Crate[];
  /** Sorted by name. */
  readonly entries: readonly LockEntry[];
}

/** All locks of one project. */
export interface ProjectLocks {
  readonly test: Lock;
  readonly runtime: Lock;
  /** By {@link Lock.distribution}: the project's own, and one for every sdist that is built from source. */
  readonly build: ReadonlyMap<string, Lock>;
}

/** What names the build lock of an sdist in {@link ProjectLocks.build}. */
export function sdistKey(sdist: { readonly normalizedName: string; readonly version: string }): string {
  return `${sdist.normalizedName}==${sdist.version}`;
}

/** Whether an entry of a lock is built from its sdist: it has a build lock, and its wheel breaks no cycle. */
export function isBuilt(entry: LockEntry, lock: Lock, locks: Pick<ProjectLocks, 'build'>): boolean {
  const key = sdistKey(entry);
  return locks.build.has(key) && lock.bootstrap?.includes(key) !== true;
}
