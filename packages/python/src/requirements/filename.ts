import { expandTags, readWheelName } from './wheel-name.js';

/** What a distribution file is. */
export type DistributionFormat = 'wheel' | 'sdist';

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
  const wheel = readWheelName(filename);
  if (wheel !== undefined) {
    return { format: 'wheel', name: wheel.writtenName, version: wheel.version, tags: expandTags(wheel) };
  }
  const [, name, version] = /^(.+)-([^-]+)\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$/.exec(filename) ?? [];
  return name === undefined || version === undefined ? undefined : { format: 'sdist', name, version, tags: [] };
}
