import { describeRoot, PythonWorkspace, type PythonEngine } from '@wheelhouse/python-stage/internal';
import { METADATA_FILES } from '@wheelhouse/python/internal';
import { findProjects } from './discovery.js';
import { workspaceIndexes } from './indexes.js';
import { listFilesOnce } from './metadata-files.js';
import { readPluginEntries } from './nx-json.js';
import { NAMING_FILES } from './other-names.js';
import { readFoundProjects } from './read-projects.js';
import { assignResolves } from './resolves.js';

/** What a workspace is opened with. */
export interface WorkspaceOptions {
  /** Absolute path. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What asks interpreters of images; without it, projects with such toolchains cannot be planned. */
  readonly engine?: PythonEngine | undefined;
  /** The path of a file in which something is remembered between runs, by its name. */
  memo(name: string): string;
}

/**
 * The Python projects of a workspace with their metadata. Those that nothing can be done with are its problems.
 *
 * @throws ElementError WORKSPACE; PLUGIN_OPTIONS for resolves and indexes, which are the whole workspace's
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<PythonWorkspace> {
  const { directory, environment, engine } = options;
  const list = listFilesOnce(directory, [...METADATA_FILES, ...NAMING_FILES]);
  const found = await findProjects(directory, list);
  const entries = await readPluginEntries(directory);
  const memos = { metadata: options.memo('python-metadata'), interpreters: options.memo('python-interpreters') };
  const sorted = await readFoundProjects(found, { workspace: directory, environment, memos, list });
  const { readable, problems } = sorted;
  const refs = [...readable, ...problems].map(({ ref }) => ref).sort((a, b) => (a.root < b.root ? -1 : 1));
  const resolves = await assignResolves(entries, refs);
  const resolved = <T extends { readonly ref: (typeof refs)[number] }>(each: T): T => {
    const resolve = resolves.get(each.ref.root);
    return resolve === undefined ? each : { ...each, ref: { ...each.ref, resolve } };
  };
  return PythonWorkspace.of(
    {
      ...options,
      ...(engine === undefined ? {} : { describeRoot: (request) => describeRoot(engine, directory, request) }),
      projects: readable.map(resolved).map(({ ref }) => ref),
      problems: problems.map(resolved),
      indexes: workspaceIndexes(entries),
    },
    readable.map(({ metadata }) => metadata),
  );
}
