import { loadElementFile, type ElementFile } from '../load/declarations/element-file.js';
import type { ErrorCollector } from '../base/error-collector.js';
import type { MappingNode } from '../load/node.js';
import { nameInProject, type Origin } from '../base/origin.js';
import type { DependencyType } from '../plugin/element.js';
import type { OpenProject } from './open-project.js';

/** An element's file with its dependencies' files: a node of the graph before anything is made of it. */
export interface LoadedElement {
  /** The full name: `junction.bst:name.bst`, or the file's name alone in the project that was opened. */
  readonly name: string;
  readonly project: OpenProject;
  readonly file: ElementFile;
  readonly dependencies: LoadedDependency[];
}

/** An edge of that graph. */
export interface LoadedDependency {
  readonly element: LoadedElement;
  readonly type: DependencyType;
  readonly configs: readonly MappingNode[];
}

/** An element to load, by its name in a project. */
interface Wanted {
  readonly project: OpenProject;
  readonly name: string;
  /** Where it is asked for; absent for a target. */
  readonly from: Origin | undefined;
}

/** Reads elements and all that they need, each file once, in the order in which they are mentioned. */
export class ElementGraphLoader {
  /** By their full names, so that elements of two projects are never taken for one another. */
  private readonly loaded = new Map<string, LoadedElement | undefined>();

  constructor(private readonly errors: ErrorCollector) {}

  /** @returns `undefined` if the element itself cannot be read; the errors are collected */
  async load(wanted: Wanted): Promise<LoadedElement | undefined> {
    const top = await this.open(wanted);
    const path = top === undefined ? [] : [{ element: top, next: 0 }];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { file, project, dependencies } = step.element;
      const declared = file.dependencies[step.next];
      if (declared === undefined) {
        path.pop();
        continue;
      }
      step.next += 1;
      const dependency = { project, name: declared.name, from: declared.origin };
      const isNew = !this.loaded.has(nameOf(dependency));
      const element = await this.open(dependency);
      if (element === undefined) continue;
      dependencies.push({ element, type: declared.type, configs: declared.configs });
      if (isNew) path.push({ element, next: 0 });
    }
    return top;
  }

  private async open(wanted: Wanted): Promise<LoadedElement | undefined> {
    const name = nameOf(wanted);
    if (this.loaded.has(name)) return this.loaded.get(name);
    const { project } = wanted;
    const file = await this.errors.attemptAsync(() => loadElementFile(project, wanted.name, wanted.from));
    const element = file === undefined ? undefined : { name, project, file, dependencies: [] };
    this.loaded.set(name, element);
    return element;
  }
}

function nameOf({ project, name }: Wanted): string {
  return nameInProject(name, project.documents.junction);
}
