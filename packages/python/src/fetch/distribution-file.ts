import type { Origin } from '@wheelhouse/element';
import type { DistributionFormat } from '../requirements/filename.js';

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
  /** Hex; absent if the index does not say. */
  readonly sha256?: string;
}

/** What one index has under a name. */
export interface IndexOffer {
  /** Its address, which may hold credentials. */
  readonly index: string;
  /** SHA-256 (hex) by the files' names; `null` if the index does not say. Never empty. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** A file that is on this machine, its hash checked. */
export interface DistributionFile {
  readonly filename: string;
  readonly format: DistributionFormat;
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Absolute. */
  readonly path: string;
}
