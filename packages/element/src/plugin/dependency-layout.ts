import type { ActionBuilder, DependencyConfiguration, Element } from './element.js';
import type { Json } from '../base/json.js';

/**
 * Where the build dependencies of an element are staged: at the `location` of their configuration, else at the root,
 * each with all that it needs when it runs (BuildStream reference: dependency configuration of build and script
 * elements).
 */
export class DependencyLayout {
  private readonly declared = new Map<string, Element[]>();

  /** @throws ElementError INVALID_DATA if a configuration has another key than `location` */
  constructor(dependencies: readonly DependencyConfiguration[] = []) {
    for (const { element, config } of dependencies) {
      config?.validateKeys(['location']);
      const location = config?.scalar('location')?.asString() ?? '/';
      const declared = this.declared.get(location);
      if (declared === undefined) this.declared.set(location, [element]);
      else declared.push(element);
    }
  }

  /**
   * What of the layout can change the output beside the keys of what is staged: nothing if all of it is staged at the
   * root. Elements have the names that they have in their projects, so that the key does not depend on how a project is
   * reached.
   */
  uniqueKey(): { readonly [key: string]: Json } {
    if ([...this.declared.keys()].every((location) => location === '/')) return {};
    const nameOf = ({ project, ownName }: Element): Json => [project.name, ownName];
    return { layout: this.locations().map(([location, elements]) => [location, elements.map(nameOf)]) };
  }

  /** Stages all dependencies, location by location in the order of their paths, and integrates those at the root. */
  stage(sandbox: ActionBuilder): void {
    const locations = this.locations();
    for (const [location, elements] of locations) sandbox.stageArtifacts(elements, location);
    for (const [location, elements] of locations) {
      if (location === '/') for (const element of elements) element.integrate(sandbox);
    }
  }

  private locations(): (readonly [location: string, elements: readonly Element[]])[] {
    return [...this.declared]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([location, elements]) => [location, [...new Set(elements.flatMap((element) => element.closure('run')))]]);
  }
}
