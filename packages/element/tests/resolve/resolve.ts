import {
  coreElements,
  diskDocuments,
  coreSources,
  PluginRegistry,
  resolveProject,
  type ElementGraph,
  type ResolveOptions,
} from '@wheelhouse/element/internal';

/** The kinds that this package has; none of those used here keeps anything between runs. */
export function coreRegistry(): PluginRegistry {
  return new PluginRegistry().register({
    elements: coreElements({
      memo: (name) => {
        throw new Error(`no memo for ${name}`);
      },
      verify: false,
    }),
    sources: coreSources,
  });
}

/** The graph of a project on disk. */
export async function resolve(
  directory: string,
  targets: readonly string[],
  more: Partial<ResolveOptions> = {},
): Promise<ElementGraph> {
  return await resolveProject({
    documents: diskDocuments(directory),
    directory,
    targets,
    registry: coreRegistry(),
    hostArch: 'x64',
    maxJobs: 4,
    ...more,
  });
}
