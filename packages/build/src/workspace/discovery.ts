import { join } from 'node:path';
import type { ElementError, ElementErrors } from '@wheelhouse/element';
import { METADATA_FILES } from '@wheelhouse/python/internal';
import { findFiles, projectRoots, type ListFiles, type ProjectRoot } from './metadata-files.js';
import { readPluginEntries, type PluginEntry } from './nx-json.js';
import type { PluginOptions } from './plugin-options.js';
import { declaredName } from './project-name.js';

/** A Python project of a workspace, before its metadata is read. */
export interface FoundProject extends ProjectRoot {
  /** Its name as project.json or package.json have it. */
  readonly name: string | undefined;
  readonly options: PluginOptions;
  /** What is wrong with its options. */
  readonly error?: ElementError | ElementErrors;
}

/**
 * The Python projects of a workspace, as Nx finds them. A project that several entries of nx.json are for has the
 * options of the last.
 *
 * @param workspace absolute path
 * @param list default: git is asked
 * @throws ElementError WORKSPACE
 */
export async function findProjects(
  workspace: string,
  list: ListFiles = (names) => findFiles(workspace, names),
): Promise<FoundProject[]> {
  const entries = await readPluginEntries(workspace);
  const entryOf = await entryByFile(entries);
  const files = (await list(METADATA_FILES)).filter((file) => entryOf(file) !== undefined);
  return projectRoots(workspace, files).flatMap((found) => {
    const entry = found.files.map(entryOf).find((each) => each !== undefined);
    return entry === undefined ? [] : [foundProject(workspace, found, entry)];
  });
}

/** A project with the options of the entry that it is for. @param workspace absolute path */
export function foundProject(
  workspace: string,
  project: ProjectRoot,
  { options, error }: Pick<PluginEntry, 'options' | 'error'>,
): FoundProject {
  const name = declaredName(join(workspace, project.root));
  return { ...project, name, options, ...(error === undefined ? {} : { error }) };
}

/** Which entry of nx.json a metadata file is of. */
export async function entryByFile(entries: readonly PluginEntry[]): Promise<(file: string) => PluginEntry | undefined> {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && only.include.length + only.exclude.length === 0) return () => only;
  const { fileMatcher } = await import('./file-matcher.js');
  const matchers = entries.map((entry) => ({ matches: fileMatcher(entry), entry }));
  return (file) => matchers.findLast(({ matches }) => matches(file))?.entry;
}
