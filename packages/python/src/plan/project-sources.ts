import { posix } from 'node:path';
import { ElementError, type Origin } from '@wheelhouse/element';
import type { PlanValue } from './planned-element.js';
import { wheelExcludes, type PlannedProject } from './planned-project.js';
import type { NamedFile, ProjectMetadata } from '../metadata/project-metadata.js';
import { sharedMatcher } from '../sources/shared-files.js';
import { sourceSetMatcher, TEST_EXCLUDES, TEST_INCLUDES, type SourceSet } from '../sources/source-set.js';

/** What a project's files are for: `hook` for the questions that are asked while it is locked. */
export type SourcesUse = 'wheel' | 'sdist' | 'hook' | 'test';

/** What a project's sources are decided by. */
export type OwnProject = Pick<PlannedProject, 'metadata' | 'settings' | 'tests'>;

/** What an element of a project's own files is given beside the rest. */
export interface ProjectSources {
  readonly variables: Readonly<Record<string, string>>;
  readonly sources: readonly PlanValue[];
}

/** The files of a project that an element of that use is made from, and where in them its commands run. */
export function projectSources(project: OwnProject, use: SourcesUse): ProjectSources {
  const { metadata, settings } = project;
  const { shared = [], generated = [] } = settings;
  if (DISTRIBUTIONS.includes(use)) checkWritten(project);
  const subdirectory = projectSubdirectory(project);
  return {
    variables: subdirectory === '' ? {} : { 'command-subdir': subdirectory },
    sources: [
      {
        kind: 'project-files',
        path: metadata.root,
        ...setOf(project, use),
        ...(use === 'test' ? {} : namedBy(project, use)),
        ...(shared.length === 0 ? {} : { shared: [...shared] }),
        // The backend is asked before any task has run.
        ...(DISTRIBUTIONS.includes(use) && generated.length > 0
          ? { generated: generated.map(({ files, by }) => ({ files: [...files], by })) }
          : {}),
      },
    ],
  };
}

/**
 * Where a project lies in what its elements are made from: at its path where files of the workspace are staged with it,
 * so that `../../LICENSE` leads to them; otherwise they are its files alone (docs/adr/0070).
 *
 * @returns a relative path; empty for the root
 */
export function projectSubdirectory({ metadata, settings }: OwnProject): string {
  return (settings.shared ?? []).length === 0 || metadata.root === '.' ? '' : metadata.root;
}

/** Uses that tasks have run for. */
const DISTRIBUTIONS: readonly SourcesUse[] = ['wheel', 'sdist'];

/** Whether a file of a project, by its path relative to it, is one that its wheel is made from. */
export function wheelSourceMatcher(project: OwnProject): (path: string) => boolean {
  return sourceSetMatcher(wheelSourceSet(project));
}

/** Which of a project's own files its wheel is made from. */
export function wheelSourceSet({ metadata, settings }: OwnProject): SourceSet {
  const named = inProject(metadata, 'wheel').map(({ path, glob }) => (glob === true ? path : literalGlob(path)));
  return { include: [], exclude: wheelExcludes(settings), named };
}

/**
 * What metadata names of a project's files.
 *
 * @throws ElementError SOURCE for a file outside of the project that is not staged with it
 */
function namedBy({ metadata, settings }: OwnProject, use: SourcesUse): Record<string, PlanValue> {
  const isShared = sharedMatcher(settings.shared ?? []);
  for (const { path, glob, origin } of metadata.namedFiles ?? []) {
    const located = posix.join(metadata.root, path);
    if (glob === true || !path.startsWith('../') || isShared(located)) continue;
    throw outside(path, located, origin);
  }
  const named = inProject(metadata, use);
  const paths = named.filter(({ glob }) => glob !== true).map(({ path }) => path);
  const globs = named.filter(({ glob }) => glob === true).map(({ path }) => path);
  return {
    ...(paths.length === 0 ? {} : { named: paths }),
    ...(globs.length === 0 ? {} : { 'named-globs': globs }),
  };
}

function inProject({ namedFiles = [] }: ProjectMetadata, use: SourcesUse): readonly NamedFile[] {
  return namedFiles.filter(
    ({ path, written, sdist }) =>
      written !== true && !path.startsWith('../') && !posix.isAbsolute(path) && (sdist !== true || use === 'sdist'),
  );
}

function outside(path: string, located: string, origin: Origin): ElementError {
  if (located.startsWith('../')) {
    return new ElementError({
      code: 'SOURCE',
      message: `the metadata names \`${path}\`, which lies outside of the workspace`,
      origin,
      hint: 'a sandbox sees the files of the workspace alone: put it there',
    });
  }
  return new ElementError({
    code: 'SOURCE',
    message: `the metadata names \`${path}\`, which lies outside of the project`,
    origin,
    hint: `name \`${located}\` in the option \`shared\`: files of the workspace that are staged with the project; where the backend refuses paths that lead out, link to it from the project`,
  });
}

/**
 * A file that is written by its path from the repository would come to lie beside the project, which is built alone: the
 * wheel would lack it without a word.
 *
 * @throws ElementError SOURCE
 */
function checkWritten({ metadata: { vcsVersion }, settings }: OwnProject): void {
  const file = vcsVersion?.writesAbove;
  if (file === undefined || (settings.shared ?? []).length > 0) return;
  throw new ElementError({
    code: 'SOURCE',
    message: `\`write_to\` of ${vcsVersion?.tool ?? ''} is \`${file}\`, a path from the root of the repository, where a build has the project alone`,
    origin: vcsVersion?.origin,
    hint: 'name the file by `version_file`, whose path begins at the project',
  });
}

/** A glob that matches one path alone. */
function literalGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

function setOf({ settings, tests }: OwnProject, use: SourcesUse): Record<string, PlanValue> {
  if (use !== 'test') return { exclude: wheelExcludes(settings) };
  const include = [...TEST_INCLUDES, ...(settings.testInclude ?? []), ...(tests?.include ?? [])];
  return { include, exclude: TEST_EXCLUDES };
}
