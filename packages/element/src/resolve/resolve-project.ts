import { canonicalArchitecture } from '../base/architecture.js';
import type { ElementError } from '../base/error.js';
import { ErrorCollector } from '../base/error-collector.js';
import type { Documents } from '../load/documents/documents.js';
import type { Element } from '../plugin/element.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { refuseCycles } from './cycle.js';
import { ElementGraph } from './element-graph.js';
import { ElementGraphLoader, type LoadedElement } from './element-graph-loader.js';
import { Instantiation, type Instance } from './instantiation.js';
import { openProject, type OpenProject } from './open-project.js';
import { sortDependencies, stagingOrder } from './order.js';
import { targetNames } from './target-names.js';

export type { ElementGraph } from './element-graph.js';

/** What a graph is resolved from. */
export interface ResolveOptions {
  readonly documents: Documents;
  /** Absolute path of the project's directory, which sources and plugins are relative to. */
  readonly directory: string;
  /**
   * Names of elements, or globs over all names of the project's elements; if there are none, project.conf's
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
export async function resolveProject(options: ResolveOptions): Promise<ElementGraph> {
  const arch = canonicalArchitecture(options.hostArch);
  if (arch === undefined) throw new Error(`unknown architecture: ${options.hostArch}`);
  const errors = new ErrorCollector();
  const project = await openProject(options, errors);
  const targets = await loadTargets(project, options.targets, errors);
  errors.throwIfAny();

  const loaded = refuseCycles(targets);
  sortDependencies(loaded);
  const instances = await instantiate(loaded, targets, new Instantiation({ os: options.hostOs ?? 'linux', arch }));
  const elementOf = (element: LoadedElement): Element => found(instances, element).element;
  return new ElementGraph({
    project: project.project,
    targets: targets.map(elementOf),
    elements: stagingOrder(targets).map(elementOf),
    settings: new Map([...instances.values()].map(({ element, settings }) => [element, settings])),
  });
}

async function loadTargets(
  project: OpenProject,
  names: readonly string[],
  errors: ErrorCollector,
): Promise<LoadedElement[]> {
  const loader = new ElementGraphLoader(errors);
  const loaded: (LoadedElement | undefined)[] = [];
  for (const { name, origin: from } of await targetNames(project, names)) {
    loaded.push(await loader.load({ project, name, from }));
  }
  return [...new Set(loaded.filter((target) => target !== undefined))];
}

/** Creates elements, dependencies first. Their errors are in the opposite order: those of the targets first. */
async function instantiate(
  loaded: readonly LoadedElement[],
  targets: readonly LoadedElement[],
  instantiation: Instantiation,
): Promise<ReadonlyMap<LoadedElement, Instance>> {
  const failures = new Map<LoadedElement, readonly ElementError[]>();
  const instances = new Map<LoadedElement, Instance>();
  for (const element of loaded) {
    const errors = await instantiation.create(element);
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
