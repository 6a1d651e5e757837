import { canonicalArchitecture } from '../base/architecture.js';
import type { ElementError } from '../base/error.js';
import { ErrorCollector } from '../base/error-collector.js';
import { loadProject, type Project } from '../load/declarations/project.js';
import type { ProjectFiles } from '../load/documents/documents.js';
import type { Element } from '../plugin/element.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { refuseCircles } from './circle.js';
import { ElementGraph } from './element-graph.js';
import { ElementGraphLoader, type LoadedElement } from './element-graph-loader.js';
import { Instantiation, type Instance } from './instantiation.js';
import { sortDependencies, stagingOrder } from './order.js';
import { projectRegistry } from './plugin-loader.js';
import { targetNames } from './target-names.js';

export type { ElementGraph } from './element-graph.js';

/** What a graph is resolved from. */
export interface ResolveOptions {
  readonly files: ProjectFiles;
  /** Absolute path of the project's directory, which sources and plugins are relative to. */
  readonly directory: string;
  /**
   * Names of elements, or globs over all names of the project's elements; where there are none, project.conf's
   * `defaults.targets`, else every element of the project.
   */
  readonly targets: readonly string[];
  /** The kinds that every project has. */
  readonly registry: PluginRegistry;
  /** The machine's instruction set, by any of its usual names: `process.arch` is one. */
  readonly hostArch: string;
  /** The machine's system. Default `linux`. */
  readonly hostOs?: string;
  /** The value of `%{max-jobs}`. */
  readonly maxJobs: number;
}

/**
 * Loads a project and the elements that `targets` need, and makes a graph of them. Nothing is built, no source is
 * looked into and no `preflight` runs.
 *
 * @throws ElementError @throws ElementErrors all errors that can be found before the first of them stands in the way
 */
export function resolveProject(options: ResolveOptions): ElementGraph {
  const arch = canonicalArchitecture(options.hostArch);
  if (arch === undefined) throw new Error(`unknown architecture: ${options.hostArch}`);
  const { files, directory, maxJobs } = options;
  const project = loadProject({ files, directory, maxJobs });
  const errors = new ErrorCollector();
  const registry = projectRegistry(project, options.registry, errors);
  const targets = loadTargets(project, options, errors);
  errors.throwIfAny();

  const loaded = refuseCircles(targets);
  sortDependencies(loaded);
  const instances = instantiate(
    loaded,
    targets,
    new Instantiation(project, registry, { os: options.hostOs ?? 'linux', arch }),
  );
  const elementOf = (element: LoadedElement): Element => found(instances, element).element;
  return new ElementGraph({
    project,
    targets: targets.map(elementOf),
    elements: stagingOrder(targets).map(elementOf),
    settings: new Map([...instances.values()].map(({ element, settings }) => [element, settings])),
  });
}

function loadTargets(project: Project, options: ResolveOptions, errors: ErrorCollector): LoadedElement[] {
  const targets = targetNames(project, options);
  const loader = new ElementGraphLoader(options.files, project, errors);
  const loaded = targets.map(({ name, origin }) => loader.load(name, origin));
  return [...new Set(loaded.filter((target) => target !== undefined))];
}

/** Makes elements, dependencies first. Their errors are told the other way round: those of what was asked for first. */
function instantiate(
  loaded: readonly LoadedElement[],
  targets: readonly LoadedElement[],
  instantiation: Instantiation,
): ReadonlyMap<LoadedElement, Instance> {
  const failures = new Map<LoadedElement, readonly ElementError[]>();
  const instances = new Map<LoadedElement, Instance>();
  for (const element of loaded) {
    const errors = instantiation.create(element);
    if (errors.length > 0) failures.set(element, errors);
    const instance = instantiation.of(element);
    if (instance !== undefined) instances.set(element, instance);
  }
  if (failures.size > 0) throwInOrder(failures, targets);
  return instances;
}

function throwInOrder(
  failures: ReadonlyMap<LoadedElement, readonly ElementError[]>,
  targets: readonly LoadedElement[],
): void {
  const errors = new ErrorCollector();
  const visited = new Set<LoadedElement>();
  const rest = [...targets].reverse();
  for (let element = rest.pop(); element !== undefined; element = rest.pop()) {
    if (visited.has(element)) continue;
    visited.add(element);
    errors.add(...(failures.get(element) ?? []));
    rest.push(...element.dependencies.map((dependency) => dependency.element).reverse());
  }
  errors.throwIfAny();
}

function found(instances: ReadonlyMap<LoadedElement, Instance>, element: LoadedElement): Instance {
  const instance = instances.get(element);
  if (instance === undefined) throw new Error(`${element.name}: neither an element nor an error`);
  return instance;
}
