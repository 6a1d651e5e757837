import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { errnoOf, isAbsent } from '@wheelhouse/element/internal';
import { baseOf, sharedMatcher } from './shared-files.js';

/** Files that a task makes and a wheel holds, though git ignores them. */
export interface GeneratedFiles {
  /** Files, directories and globs of either, relative to the project. */
  readonly files: readonly string[];
  /** The task that makes them: a target of the project, or `<project>:<target>`. */
  readonly by: string;
}

/**
 * The files that tasks made in a project.
 *
 * @param directory the project's, absolute
 * @param project the same relative to the workspace
 * @returns paths relative to the project
 * @throws ElementError SOURCE if a glob matches no file: the task did not run; where one leads out of the project
 */
export async function generatedFiles(
  directory: string,
  project: string,
  generated: readonly GeneratedFiles[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { files, by } of generated) {
    for (const glob of files) {
      if (leadsOut(glob)) throw outside(glob, by);
      const matches = sharedMatcher([glob]);
      const matching = (await filesBelow(directory, baseOf(glob))).filter((path) => matches(path));
      if (matching.length === 0) throw notMade(posix.join(project, glob), by);
      found.push(...matching);
    }
  }
  return found;
}

/** The files at or below a path, including those that git ignores. */
async function filesBelow(directory: string, base: string): Promise<string[]> {
  try {
    const entries = await readdir(join(directory, base), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => posix.join(entry.parentPath, entry.name).slice(posix.join(directory, '/').length));
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return [base];
    if (isAbsent(error)) return [];
    throw error;
  }
}

function leadsOut(glob: string): boolean {
  const path = posix.normalize(glob);
  return posix.isAbsolute(path) || path === '..' || path.startsWith('../');
}

function outside(glob: string, by: string): ElementError {
  return new ElementError({
    code: 'SOURCE',
    message: `the option \`generated\` lists \`${glob}\`, which is outside the project`,
    hint: `the files of a wheel must be inside the project: let the task \`${by}\` write them there, or use a target of the project that depends on it and copies them`,
  });
}

function notMade(glob: string, by: string): ElementError {
  return new ElementError({
    code: 'SOURCE',
    message: `the file \`${glob}\` of the task \`${by}\` does not exist`,
    hint: by.includes(':')
      ? `run \`nx run ${by}\`, or build with \`nx run\`, which runs it first`
      : `run the target \`${by}\` of the project, or build with \`nx run\`, which runs it first`,
  });
}
