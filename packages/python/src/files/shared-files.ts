import { posix } from 'node:path';
import picomatch from 'picomatch';
import { ElementError } from '@wheelhouse/element';
import { gitListing, type AbsentFiles } from './git-files.js';
import { walkedFiles } from './walked-files.js';

/** Files of the workspace that a project is built with although they are outside of it. */
export interface SharedFiles {
  /** Relative to the workspace. */
  readonly files: readonly string[];
  readonly absent: readonly AbsentFiles[];
}

/**
 * The files that the option `shared` names: files, directories, and globs of either.
 *
 * @param workspace absolute path
 * @param globs relative to the workspace
 * @throws ElementError SOURCE for one that names nothing
 */
export async function sharedFiles(workspace: string, globs: readonly string[]): Promise<SharedFiles> {
  if (globs.length === 0) return { files: [], absent: [] };
  const patterns = globs.map((glob) => `:(literal)${baseOf(glob)}`);
  const listing = (await gitListing(workspace, { which: 'sources', patterns })) ?? {
    files: await walkedFiles(workspace),
    absent: [],
  };
  const matchers = globs.map((glob) => ({ glob, matches: sharedMatcher([glob]) }));
  const all = [...listing.files, ...listing.absent.map(({ path }) => path)];
  for (const { glob, matches } of matchers) {
    if (all.some(matches)) continue;
    throw new ElementError({
      code: 'SOURCE',
      message: `the option \`shared\` lists \`${glob}\`, but the workspace has no such file`,
      hint: 'use a file, a directory or a glob relative to the workspace; files that git ignores are excluded',
    });
  }
  const isShared = (path: string): boolean => matchers.some(({ matches }) => matches(path));
  return { files: listing.files.filter(isShared), absent: listing.absent.filter(({ path }) => isShared(path)) };
}

/** Whether a file, by its path relative to the workspace, is one that the option `shared` names. */
export function sharedMatcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map(normalGlob);
  const matches = picomatch([...patterns, ...patterns.map((glob) => `${glob}/**`)], {
    dot: true,
    ignore: '**/__pycache__/**',
  });
  return (path) => matches(path);
}

/** The directory or file that all matches of a glob are at or below; `.` for the workspace. */
export function baseOf(glob: string): string {
  const { base } = picomatch.scan(normalGlob(glob));
  return base === '' ? '.' : base.replace(/\/+$/, '');
}

/** One spelling of a glob or a path: `./LICENSE` and `common/` are those that git prints without these. */
function normalGlob(glob: string): string {
  const normal = posix.normalize(glob).replace(/\/+$/, '');
  return normal === '.' ? '**' : normal;
}
