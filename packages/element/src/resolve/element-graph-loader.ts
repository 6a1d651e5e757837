import { loadElementFile, type ElementFile } from '../load/declarations/element-file.js';
import type { ErrorCollector } from '../base/error-collector.js';
import type { MappingNode } from '../load/node.js';
import type { Origin } from '../base/origin.js';
import type { Project } from '../load/declarations/project.js';
import type { ProjectFiles } from '../load/documents/documents.js';
import type { DependencyType } from '../plugin/element.js';

/** An element's file with its dependencies' files: a node of the graph before anything is made of it. */
export interface LoadedElement {
  readonly name: string;
  readonly file: ElementFile;
  readonly dependencies: LoadedDependency[];
}

/** An edge of that graph. */
export interface LoadedDependency {
  readonly element: LoadedElement;
  readonly type: DependencyType;
  readonly configs: readonly MappingNode[];
}

/** Reads elements and all that they need, each file once, in the order in which they are mentioned. */
export class ElementGraphLoader {
  private readonly loaded = new Map<string, LoadedElement | undefined>();

  constructor(
    private readonly files: ProjectFiles,
    private readonly project: Project,
    private readonly errors: ErrorCollector,
  ) {}

  /**
   * @param from where the element is asked for; absent for a target
   * @returns `undefined` where the element itself cannot be read; the errors are collected
   */
  load(name: string, from?: Origin): LoadedElement | undefined {
    const top = this.open(name, from);
    const path = top === undefined ? [] : [{ element: top, next: 0 }];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const declared = step.element.file.dependencies[step.next];
      if (declared === undefined) {
        path.pop();
        continue;
      }
      step.next += 1;
      const isNew = !this.loaded.has(declared.name);
      const element = this.open(declared.name, declared.origin);
      if (element === undefined) continue;
      step.element.dependencies.push({ element, type: declared.type, configs: declared.configs });
      if (isNew) path.push({ element, next: 0 });
    }
    return this.loaded.get(name);
  }

  private open(name: string, from: Origin | undefined): LoadedElement | undefined {
    if (this.loaded.has(name)) return this.loaded.get(name);
    const file = this.errors.attempt(() => loadElementFile(this.files, this.project, name, from));
    const element = file === undefined ? undefined : { name, file, dependencies: [] };
    this.loaded.set(name, element);
    return element;
  }
}
