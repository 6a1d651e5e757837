import { type ActionBuilder, type ElementKind, type Json, type MappingNode } from '@wheelhouse/element';
import { PureElement } from '@wheelhouse/element/internal';

/** The files of a project's locks as one artifact, at its root (docs/adr/0013). No commands run. */
export class SnapshotElement extends PureElement {
  private directory = '';

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['directory']);
    this.directory = this.nodeSubstMember(node, 'directory');
  }

  override getUniqueKey(): Json {
    return { directory: this.directory };
  }

  override stage(sandbox: ActionBuilder): void {
    sandbox.makeDirectory(this.directory);
    sandbox.stageArtifacts(this.closure('build'));
  }

  override assemble(): string {
    return this.directory;
  }
}

/** Kind `snapshot`. */
export const snapshot: ElementKind = {
  kind: 'snapshot',
  formatVersion: 1,
  create: (meta) => new SnapshotElement(meta),
};
