import type { ElementKind } from '../plugin/element.js';
import { PureElement } from '../plugin/pure-element.js';
import type { Json } from '../base/json.js';
import type { MappingNode } from '../load/node.js';
import { ElementError } from '../base/error.js';

/** A name for a set of elements: it is empty and depends on all of them (BuildStream reference: stack element). */
export class StackElement extends PureElement {
  override configure(node: MappingNode): void {
    this.nodeValidate(node, []);
  }

  override preflight(): void {
    if (this.sources.length > 0) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: Stack elements do not support sources`,
        origin: this.origin,
      });
    }
    const partial = this.dependencies.find((dependency) => dependency.type !== 'all');
    if (partial !== undefined) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: Dependency \`${partial.element.name}\` of a stack element must be both a build and a runtime dependency`,
        origin: this.origin,
        hint: 'list it under `depends`',
      });
    }
  }

  override getUniqueKey(): Json {
    return 1;
  }
}

/** Kind `stack`. */
export const stack: ElementKind = {
  kind: 'stack',
  formatVersion: 1,
  create: (meta) => new StackElement(meta),
};
