import { posix } from 'node:path';
import { ElementError, type Origin } from '@wheelhouse/element';
import {
  wheelExcludes,
  sharedMatcher,
  TEST_EXCLUDES,
  TEST_INCLUDES,
  type SourcesUse,
  type OwnProject,
  inProject,
  projectSubdirectory,
} from '@wheelhouse/python/internal';
import type { PlanValue } from './planned-element.js';

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

/** Uses that tasks have run for. */
const DISTRIBUTIONS: readonly SourcesUse[] = ['wheel', 'sdist'];

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

function outside(path: string, located: string, origin: Origin): ElementError {
  if (located.startsWith('../')) {
    return new ElementError({
      code: 'SOURCE',
      message: `the metadata refers to \`${path}\`, which is outside the workspace`,
      origin,
      hint: 'sandboxes contain only files of the workspace: move it there',
    });
  }
  return new ElementError({
    code: 'SOURCE',
    message: `the metadata refers to \`${path}\`, which is outside the project`,
    origin,
    hint: `add \`${located}\` to the option \`shared\`, for workspace files that are staged with the project; if the backend refuses paths outside the project, link to it from the project`,
  });
}

/**
 * A file that is written by its path from the repository would be beside the project, which is built alone: the wheel
 * would lack it silently.
 *
 * @throws ElementError SOURCE
 */
function checkWritten({ metadata: { vcsVersion }, settings }: OwnProject): void {
  const file = vcsVersion?.writesAbove;
  if (file === undefined || (settings.shared ?? []).length > 0) return;
  throw new ElementError({
    code: 'SOURCE',
    message: `\`write_to\` of ${vcsVersion?.tool ?? ''} is \`${file}\`, a path from the root of the repository, but builds only have the project`,
    origin: vcsVersion?.origin,
    hint: 'use `version_file`, which is relative to the project',
  });
}

function setOf({ settings, tests }: OwnProject, use: SourcesUse): Record<string, PlanValue> {
  if (use !== 'test') return { exclude: wheelExcludes(settings) };
  const include = [...TEST_INCLUDES, ...(settings.testInclude ?? []), ...(tests?.include ?? [])];
  return { include, exclude: TEST_EXCLUDES };
}
