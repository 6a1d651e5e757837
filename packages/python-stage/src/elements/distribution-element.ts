import { BuildElement, type ActionBuilder, type Json, type MappingNode } from '@wheelhouse/element';

/** A build that makes a distribution of a project: its wheel, or its sdist. */
export abstract class DistributionElement extends BuildElement {
  /** Absolute path of an empty file system in memory that the commands are given; `''` for none. */
  private scratch = '';

  override configure(node: MappingNode): void {
    super.configure(node);
    this.scratch = this.nodeSubstMember(node, 'scratch');
  }

  override getUniqueKey(): Json {
    return { build: super.getUniqueKey(), scratch: this.scratch };
  }

  override configureSandbox(sandbox: ActionBuilder): void {
    super.configureSandbox(sandbox);
    if (this.scratch !== '') sandbox.mountTmpfs(this.scratch);
  }

  protected override configKeys(): readonly string[] {
    return ['scratch'];
  }
}
