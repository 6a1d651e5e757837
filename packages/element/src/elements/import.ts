import { join } from 'node:path';
import type { ActionBuilder, ElementKind } from '../plugin/element.js';
import { PureElement } from '../plugin/pure-element.js';
import type { Json } from '../base/json.js';
import type { MappingNode } from '../load/node.js';
import { ElementError } from '../base/error.js';

/** An artifact that is its sources: the part below `source`, put at `target` (BuildStream reference: import element). */
export class ImportElement extends PureElement {
  private source = '/';
  private target = '/';

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['source', 'target']);
    this.source = this.nodeSubstMember(node, 'source');
    this.target = this.nodeSubstMember(node, 'target');
  }

  override preflight(): void {
    if (this.sources.length === 0) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: An import element must have at least one source.`,
        origin: this.origin,
      });
    }
    const built = this.dependencies.find((dependency) => dependency.type !== 'runtime');
    if (built !== undefined) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: Import elements do not support build dependencies, but \`${built.element.name}\` is one`,
        origin: this.origin,
        hint: 'list it under `runtime-depends`',
      });
    }
  }

  override getUniqueKey(): Json {
    return { source: this.source, target: this.target };
  }

  override stage(sandbox: ActionBuilder): void {
    this.stageSources(sandbox, this.target, this.source);
  }
}

/** Kind `import`. */
export const importKind: ElementKind = {
  kind: 'import',
  formatVersion: 1,
  defaults: join(__dirname, 'import.yaml'),
  create: (meta) => new ImportElement(meta),
};
