import {
  Source,
  type ActionBuilder,
  type BlobStore,
  type Consistency,
  type Digest,
  type ElementKind,
  type HostMount,
  type Json,
  type MappingNode,
  type SourceKind,
} from '@wheelhouse/element';
import { emptyTree, PureElement, writeBlob, writeTree } from '@wheelhouse/element/internal';

/**
 * Services that run beside an action (docs/adr/0037): a directory of sockets, bound at its own path, and their host
 * names. Its key is unique for each run, so nothing that depends on it is reused.
 */
export class ServicesElement extends PureElement {
  private run = '';
  private sockets = '';

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['run', 'sockets']);
    this.run = this.nodeSubstMember(node, 'run');
    this.sockets = this.nodeSubstMember(node, 'sockets');
  }

  override getUniqueKey(): Json {
    return { run: this.run };
  }

  override hostMounts(): readonly HostMount[] {
    return [{ type: 'bind', path: this.sockets }];
  }

  override stage(sandbox: ActionBuilder): void {
    this.stageSources(sandbox, '/etc');
  }
}

/** Kind `services`. */
export const services: ElementKind = {
  kind: 'services',
  formatVersion: 1,
  create: (meta) => new ServicesElement(meta),
};

/** The file `hosts` (hosts(5)). Configuration: `hosts`, each a line. */
export class HostsSource extends Source {
  private lines: readonly string[] = [];

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'hosts']);
    this.lines = this.nodeGetMember(node, 'list', 'hosts')
      .scalars()
      .map((line) => line.asString());
  }

  override getUniqueKey(): Json {
    return [...this.lines];
  }

  override consistency(): Promise<Consistency> {
    return Promise.resolve('cached');
  }

  override async fetch(to: BlobStore): Promise<Digest> {
    const digest = await writeBlob(to, this.lines.map((line) => `${line}\n`).join(''));
    return await writeTree(to, {
      ...emptyTree(),
      files: new Map([['hosts', { name: 'hosts', digest, isExecutable: false }]]),
    });
  }
}

/** Kind `hosts`. */
export const hosts: SourceKind = { kind: 'hosts', formatVersion: 1, create: (meta) => new HostsSource(meta) };
