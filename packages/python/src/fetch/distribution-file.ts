import type { Origin } from '@wheelhouse/element';
/** What a distribution file is. */
export type DistributionFormat = 'wheel' | 'sdist';

/** A wanted distribution. */
export interface DistributionRequest {
  readonly name: string;
  readonly version: string;
  /** The files that may be it: `sha256:<hex>`. */
  readonly hashes: readonly string[];
  /** `any`: the best wheel for the interpreter, else the sdist. */
  readonly format: DistributionFormat | 'any';
  /** Where it is locked, for messages. */
  readonly origin?: Origin;
}

/** A file chosen for a request. */
export interface ChosenFile {
  readonly filename: string;
  readonly format: DistributionFormat;
  /** Hex; absent where the index does not say. */
  readonly sha256?: string;
}

/** What one index has under a name. */
export interface IndexOffer {
  /** Its address, which may hold credentials. */
  readonly index: string;
  /** SHA-256 (hex) by the files' names; `null` where the index does not say. Never empty. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** A file that lies on this machine, its hash checked. */
export interface DistributionFile {
  readonly filename: string;
  readonly format: DistributionFormat;
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Absolute. */
  readonly path: string;
}

/** The parts of a file's name. */
export interface ParsedFilename {
  readonly format: DistributionFormat;
  readonly name: string;
  readonly version: string;
  /** A wheel's compatibility tags, written out. */
  readonly tags: readonly string[];
}

/** Reads the name of a wheel (PEP 427, PEP 425) or an sdist (PEP 625 and what came before it). */
export function parseFilename(filename: string): ParsedFilename | undefined {
  const wheel = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(filename);
  if (wheel !== null) {
    const [, name = '', version = '', pythons = '', abis = '', platforms = ''] = wheel;
    const tags = pythons
      .split('.')
      .flatMap((python) =>
        abis.split('.').flatMap((abi) => platforms.split('.').map((platform) => `${python}-${abi}-${platform}`)),
      );
    return { format: 'wheel', name, version, tags };
  }
  const [, name, version] = /^(.+)-([^-]+)\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$/.exec(filename) ?? [];
  return name === undefined || version === undefined ? undefined : { format: 'sdist', name, version, tags: [] };
}
