import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DistributionRequest } from './distribution-file.js';
import { parseFilename, type DistributionFormat } from '../requirements/filename.js';
import { normalizeName } from '../requirements/name.js';
import { compareVersions, isVersion } from '../requirements/specifier.js';

/** A file of a snapshot. */
export interface SnapshotFile {
  /** Absolute. */
  readonly path: string;
  readonly filename: string;
  readonly format: DistributionFormat;
}

/**
 * The files in some directories that may answer a request by their names, best first; what is in them is not looked at.
 *
 * @param tags the interpreter's compatibility tags (PEP 425), best first
 */
export function snapshotFiles(
  directories: readonly string[],
  request: DistributionRequest,
  tags: readonly string[],
): SnapshotFile[] {
  const ranks = new Map(tags.map((tag, rank) => [tag, rank]));
  const found = directories.flatMap((directory) =>
    listFiles(directory).flatMap((filename) => {
      const parsed = parseFilename(filename);
      if (parsed === undefined || normalizeName(parsed.name) !== request.name) return [];
      if (request.format !== 'any' && parsed.format !== request.format) return [];
      if (!sameVersion(parsed.version, request.version)) return [];
      const fitting = parsed.tags.flatMap((tag) => ranks.get(tag) ?? []);
      if (parsed.format === 'wheel' && fitting.length === 0) return [];
      const rank = parsed.format === 'wheel' ? Math.min(...fitting) : Number.POSITIVE_INFINITY;
      return [{ path: join(directory, filename), filename, format: parsed.format, rank }];
    }),
  );
  return found.sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank));
}

/** SHA-256 (hex) and length of a file. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

function listFiles(directory: string): string[] {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(directory);
}

function sameVersion(a: string, b: string): boolean {
  return a === b || (isVersion(a) && isVersion(b) && compareVersions(a, b) === 0);
}
