import type { ErrorCollector } from '../base/error-collector.js';
import { loadProject, type LoadedProject, type ProjectOptions } from '../load/declarations/project.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { projectRegistry } from './plugin-loader.js';
import { ProjectKinds } from './project-kinds.js';

/** A project that elements are loaded from. */
export interface OpenProject extends LoadedProject {
  readonly kinds: ProjectKinds;
}

/** What {@link openProject} opens. */
export interface OpenProjectOptions extends ProjectOptions {
  /** The kinds that every project has. */
  readonly registry: PluginRegistry;
}

/**
 * Loads a project and the plugins that it names.
 *
 * @param errors takes what is wrong with the plugins
 * @throws ElementError @throws ElementErrors what is wrong with project.conf
 */
export async function openProject(options: OpenProjectOptions, errors: ErrorCollector): Promise<OpenProject> {
  const { documents } = options;
  const project = await loadProject(options);
  const registry = projectRegistry(project, options.registry, errors);
  return { project, documents, kinds: new ProjectKinds({ project, documents }, registry) };
}
