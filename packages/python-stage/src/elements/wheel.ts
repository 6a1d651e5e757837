import { join } from 'node:path';
import { ElementError, type CommandList, type ElementKind, type Json, type MappingNode } from '@wheelhouse/element';
import { DistributionElement } from './distribution-element.js';

const FRONTENDS = ['hook', 'pip'] as const;

/**
 * A wheel, built by the backend of the sources (PEP 517; docs/adr/0015). `frontend` selects how it is called;
 * `build-commands`, if set, replace both.
 */
export class WheelElement extends DistributionElement {
  private frontend: (typeof FRONTENDS)[number] = 'hook';
  private frontendCommands: readonly string[] = [];

  override configure(node: MappingNode): void {
    super.configure(node);
    this.frontend = this.frontendOf(node);
    this.frontendCommands = this.nodeSubstList(node, `${this.frontend}-commands`);
  }

  override getUniqueKey(): Json {
    return { build: super.getUniqueKey(), frontend: this.frontendCommands };
  }

  protected override configKeys(): readonly string[] {
    return [...super.configKeys(), 'frontend', ...FRONTENDS.map((frontend) => `${frontend}-commands`)];
  }

  protected override commandsOf(list: CommandList): readonly string[] {
    const own = super.commandsOf(list);
    return list === 'build-commands' && own.length === 0 ? this.frontendCommands : own;
  }

  private frontendOf(node: MappingNode): (typeof FRONTENDS)[number] {
    const value = this.nodeSubstMember(node, 'frontend');
    const frontend = FRONTENDS.find((known) => known === value);
    if (frontend !== undefined) return frontend;
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `\`${value}\` is not a frontend`,
      origin: node.get('frontend')?.origin,
      hint: `use ${FRONTENDS.map((known) => `\`${known}\``).join(' or ')}`,
    });
  }
}

/** Kind `wheel`. */
export const wheel: ElementKind = {
  kind: 'wheel',
  formatVersion: 1,
  defaults: join(__dirname, 'wheel.yaml'),
  create: (meta) => new WheelElement(meta),
};
