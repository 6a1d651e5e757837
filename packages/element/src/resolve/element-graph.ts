import type { Project } from '../load/declarations/project.js';
import type { Element } from '../plugin/element.js';
import type { ElementSettings } from './element-settings.js';
import { resolvedElement, type ResolvedElement } from './resolved-element.js';

/** What an {@link ElementGraph} is made of. */
export interface ElementGraphInit {
  readonly project: Project;
  readonly targets: readonly Element[];
  readonly elements: readonly Element[];
  readonly settings: ReadonlyMap<Element, ElementSettings>;
}

/** The elements that were asked for and all that they need: resolved, configured and unchanging. */
export class ElementGraph {
  readonly project: Project;
  /** Those that were asked for, in that order. */
  readonly targets: readonly Element[];
  /** All of them in staging order, dependencies first. */
  readonly elements: readonly Element[];
  private readonly settings: ReadonlyMap<Element, ElementSettings>;
  private readonly byName: ReadonlyMap<string, Element>;

  constructor(init: ElementGraphInit) {
    this.project = init.project;
    this.targets = Object.freeze([...init.targets]);
    this.elements = Object.freeze([...init.elements]);
    this.settings = init.settings;
    // Of several projects' elements of one name, the first is meant.
    this.byName = new Map([...this.elements].reverse().map((element) => [element.name, element]));
    Object.freeze(this);
  }

  /** The element of that name. */
  find(name: string): Element | undefined {
    return this.byName.get(name);
  }

  /** The graph of some of its elements and all that they need. */
  part(targets: readonly Element[]): ElementGraph {
    const needed = new Set(targets);
    // A set is walked in the order in which it grows.
    for (const element of needed) for (const dependency of element.dependencies) needed.add(dependency.element);
    const { project, settings } = this;
    return new ElementGraph({ project, targets, elements: this.elements.filter((each) => needed.has(each)), settings });
  }

  /** What was resolved of one of the graph's elements. */
  describe(element: Element): ResolvedElement {
    const settings = this.settings.get(element);
    if (settings === undefined) throw new Error(`${element.name} is not in this graph`);
    return resolvedElement(element, settings);
  }
}
