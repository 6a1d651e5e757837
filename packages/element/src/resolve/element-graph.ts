import { ErrorCollector } from '../base/error-collector.js';
import { ElementError, ElementErrors } from '../base/error.js';
import type { Project } from '../load/declarations/project.js';
import { awaitPlugin } from '../plugin/plugin-call.js';
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

  constructor(init: ElementGraphInit) {
    this.project = init.project;
    this.targets = Object.freeze([...init.targets]);
    this.elements = Object.freeze([...init.elements]);
    this.settings = init.settings;
    Object.freeze(this);
  }

  /** What was resolved of one of the graph's elements. */
  describe(element: Element): ResolvedElement {
    const settings = this.settings.get(element);
    if (settings === undefined) throw new Error(`${element.name} is not of this graph`);
    return resolvedElement(element, settings);
  }

  /**
   * Asks every element and source whether this machine has what it needs.
   *
   * @throws ElementError @throws ElementErrors everything that is missing
   */
  async preflight(): Promise<void> {
    const errors = new ErrorCollector();
    for (const element of this.elements) {
      for (const plugin of [element, ...element.sources]) {
        try {
          await awaitPlugin(plugin, 'preflight', () => plugin.preflight());
        } catch (error) {
          if (error instanceof ElementErrors) errors.add(...error.errors);
          else if (error instanceof ElementError) errors.add(error);
          else throw error;
        }
      }
    }
    errors.throwIfAny();
  }
}
