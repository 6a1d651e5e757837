import { join } from 'node:path';
import type { ProjectRef } from '@wheelhouse/python';
import { findMetadataFiles, projectRoots, type ProjectRoot } from './metadata-files.js';
import { readPluginEntries, type PluginEntry } from './nx-json.js';
import type { PluginOptions } from './plugin-options.js';
import { declaredName } from './project-name.js';

/** A Python project of a workspace, before its metadata is read. */
export interface FoundProject extends ProjectRoot {
  /** Its name as project.json or package.json have it. */
  readonly name: string | undefined;
  readonly options: PluginOptions;
}

/**
 * The Python projects of a workspace, as Nx finds them. A project that several entries of nx.json are for has the
 * options of the last.
 *
 * @param workspace absolute path
 * @throws ElementError WORKSPACE, PLUGIN_OPTIONS
 */
export async function findProjects(workspace: string): Promise<FoundProject[]> {
  const entries = await readPluginEntries(workspace);
  const optionsOf = await optionsByFile(entries);
  const files = (await findMetadataFiles(workspace)).filter((file) => optionsOf(file) !== undefined);
  return projectRoots(workspace, files).flatMap((found) => {
    const options = found.files.map(optionsOf).find((each) => each !== undefined);
    return options === undefined ? [] : [{ ...found, name: declaredName(join(workspace, found.root)), options }];
  });
}

/**
 * The project as `@wheelhouse/python` takes it.
 *
 * @param name its name in the workspace
 * @param resolve that of the resolve it is in
 */
export function projectRef({ root, options }: FoundProject, name: string, resolve: string | undefined): ProjectRef {
  return {
    name,
    root,
    ...(resolve === undefined ? {} : { resolve }),
    ...(options.python === undefined ? {} : { python: options.python }),
    settings: options.settings,
  };
}

async function optionsByFile(entries: readonly PluginEntry[]): Promise<(file: string) => PluginOptions | undefined> {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && only.include.length + only.exclude.length === 0) {
    return () => only.options;
  }
  const { fileMatcher } = await import('./file-matcher.js');
  const matchers = entries.map((entry) => ({ matches: fileMatcher(entry), options: entry.options }));
  return (file) => matchers.findLast(({ matches }) => matches(file))?.options;
}
