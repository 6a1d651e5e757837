import { posix } from 'node:path';
import { wheelExcludes, type ProjectSettings } from './project-settings.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import type { NamedFile } from '../metadata/named/named-file.js';
import type { TestPlaces } from '../test-files/test-places.js';
import { sourceSetMatcher, type SourceSet } from '../files/source-set.js';

/** What a project's files are for: `hook` for the questions that are asked while it is locked. */
export type SourcesUse = 'wheel' | 'sdist' | 'hook' | 'test';

/** What a project's sources are decided by. */
export interface OwnProject {
  readonly metadata: ProjectMetadata;
  readonly settings: ProjectSettings;
  /** Where it has tests beside its directories of tests; absent if not determined. */
  readonly tests?: TestPlaces;
}

/** Whether a file of a project, by its path relative to it, is one that its wheel is made from. */
export function wheelSourceMatcher(project: OwnProject): (path: string) => boolean {
  return sourceSetMatcher(wheelSourceSet(project));
}

/** Which of a project's own files its wheel is made from. */
export function wheelSourceSet({ metadata, settings }: OwnProject): SourceSet {
  const named = inProject(metadata, 'wheel').map(({ path, glob }) => (glob === true ? path : literalGlob(path)));
  return { include: [], exclude: wheelExcludes(settings), named };
}

/** The files that metadata names and that are in the project, as that use has them. */
export function inProject({ namedFiles = [] }: ProjectMetadata, use: SourcesUse): readonly NamedFile[] {
  return namedFiles.filter(
    ({ path, written, sdist }) =>
      written !== true && !path.startsWith('../') && !posix.isAbsolute(path) && (sdist !== true || use === 'sdist'),
  );
}

/** A glob that matches one path alone. */
function literalGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

/**
 * Where a project is in what its elements are made from: at its path where files of the workspace are staged with it,
 * so that `../../LICENSE` leads to them; otherwise they are its files alone (docs/adr/0070).
 *
 * @returns a relative path; empty for the root
 */
export function projectSubdirectory({ metadata, settings }: OwnProject): string {
  return (settings.shared ?? []).length === 0 || metadata.root === '.' ? '' : metadata.root;
}
