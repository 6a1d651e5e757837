import { filesOfManifestIn } from '@wheelhouse/python/internal';
import { manifestIn } from './manifest-in.js';
import type { FoundPackages } from '../project/find-packages.js';

/** A MANIFEST.in with what it lacked. */
export interface CompletedManifest {
  readonly text: string;
  /** The files that it did not take up, relative to the project. */
  readonly missing: readonly string[];
}

/**
 * Adds lines to a MANIFEST.in for the files of packages that it takes no notice of. A file that one of its lines
 * removes again was meant to be left out.
 *
 * @returns `undefined` if it lacks nothing
 */
export function completeManifest(
  text: string,
  { dataFiles, layout }: Pick<FoundPackages, 'dataFiles' | 'layout'>,
): CompletedManifest | undefined {
  const taken = filesOfManifestIn(text, dataFiles);
  const excluded = (file: string): boolean =>
    !filesOfManifestIn(`include ${file}\n${takingAway(text)}`, [file]).has(file);
  const missing = dataFiles.filter((file) => !taken.has(file) && !excluded(file));
  const lines = manifestIn({ dataFiles: missing, layout });
  if (lines === undefined) return undefined;
  return { text: `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${lines}`, missing };
}

/** The commands that take files away. */
function takingAway(text: string): string {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .filter((line) => /^\s*(\w+-)?(exclude|prune)\b/.test(line))
    .join('\n');
}
