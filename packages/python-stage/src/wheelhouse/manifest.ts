/** A file by what is in it. `sha256` is 64 hexadecimal digits. */
export interface FileDigest {
  readonly path: string;
  readonly sha256: string;
}

/** Which interpreter, and what of this machine, something was built with. */
export interface ToolchainFacts {
  readonly implementation: string;
  readonly version: string;
  readonly soabi: string;
  /** The toolchain's own digest: package database, interpreter tree and settings. */
  readonly identity: string;
  /** The Rust toolchain, where something of what was built is built by cargo. */
  readonly rust?: RustFacts;
}

/** Which Rust toolchain of this machine something was built with. */
export interface RustFacts {
  /** rustc's release. */
  readonly version: string;
  /** The toolchain's own digest: what rustc says of itself, and its files. */
  readonly identity: string;
}

/** `dist/<root>/manifest.json`: what was built from what. Digests are `sha256:<hex>/<bytes>`. */
export interface Manifest {
  readonly project: string;
  /** The version in the wheel's name. */
  readonly version: string;
  /** Relative to the manifest's directory: the project's wheel, its sdist if there is one, then the wheelhouse. */
  readonly files: readonly FileDigest[];
  readonly elementKey: string;
  /** The tree of the wheel's sources. */
  readonly sourceDigest: string;
  /** The tree of the project's snapshot. */
  readonly snapshotDigest: string;
  /** The files of the snapshot that the wheel was built with or that are in the wheelhouse, sorted. */
  readonly uses: readonly FileDigest[];
  readonly toolchain: ToolchainFacts;
}

/** `reports/<root>/record.json`: what was tested with what. Digests are `sha256:<hex>/<bytes>`. */
export interface TestRecord {
  /** The wheel under test, as the manifest has it. */
  readonly wheel: FileDigest;
  readonly snapshotDigest: string;
  /** The files of the snapshot that were installed beside it, sorted. */
  readonly uses: readonly FileDigest[];
  /** The tree of the tests. */
  readonly testSourceDigest: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whether the tests had no network and no service. */
  readonly hermetic: boolean;
}

/** The text of a manifest or record, as it is written. */
export function manifestText(manifest: Manifest | TestRecord): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
