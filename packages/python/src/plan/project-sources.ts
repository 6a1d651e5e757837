import type { PlanValue } from './planned-element.js';
import { wheelExcludes, type PlannedProject } from './planned-project.js';
import { TEST_EXCLUDES, TEST_INCLUDES } from '../sources/source-set.js';

/** What a project's files are for: `hook` for the questions that are asked while it is locked. */
export type SourcesUse = 'wheel' | 'hook' | 'test';

/** What an element of a project's own files is given beside the rest. */
export interface ProjectSources {
  readonly variables: Readonly<Record<string, string>>;
  readonly sources: readonly PlanValue[];
}

/** The files of a project that an element of that use is made from, and where in them its commands run. */
export function projectSources(project: PlannedProject, use: SourcesUse): ProjectSources {
  const { metadata, settings } = project;
  const { shared = [], generated = [] } = settings;
  const subdirectory = projectSubdirectory(project);
  return {
    variables: subdirectory === '' ? {} : { 'command-subdir': subdirectory },
    sources: [
      {
        kind: 'project-files',
        path: metadata.root,
        ...setOf(project, use),
        ...(shared.length === 0 ? {} : { shared: [...shared] }),
        // The backend is asked before any task has run.
        ...(use === 'wheel' && generated.length > 0
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
export function projectSubdirectory({ metadata, settings }: PlannedProject): string {
  return (settings.shared ?? []).length === 0 || metadata.root === '.' ? '' : metadata.root;
}

function setOf({ settings }: PlannedProject, use: SourcesUse): Record<string, PlanValue> {
  if (use !== 'test') return { exclude: wheelExcludes(settings) };
  return { include: [...TEST_INCLUDES, ...(settings.testInclude ?? [])], exclude: TEST_EXCLUDES };
}
