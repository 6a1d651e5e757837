import { join, relative } from 'node:path';
import {
  captureTree,
  digestOnlyBlobs,
  ElementError,
  formatDigest,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
  type MappingNode,
  type SourceKind,
} from '@wheelhouse/element';
import { projectFiles, sourceSetMatcher, type SourceSet } from './source-set.js';

/**
 * The files of a Python project that belong to one element (docs/adr/0017): `path` is the project's directory relative
 * to the workspace, `include` and `exclude` are globs relative to it. Known by its content, whatever git says of it.
 */
export class ProjectFilesSource extends Source {
  private path = '';
  private set: SourceSet = { include: [], exclude: [] };
  private digest: Digest | undefined;

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'path', 'include', 'exclude']);
    this.path = this.nodeGetMember(node, 'str', 'path');
    this.set = { include: strings(node, 'include'), exclude: strings(node, 'exclude') };
    if (relative('/w', join('/w', this.path)).startsWith('..')) {
      throw new ElementError({
        code: 'PROJ_PATH_INVALID',
        message: `The project \`${this.path}\` lies outside of the workspace`,
        origin: node.get('path')?.origin,
      });
    }
  }

  override getUniqueKey(): Json {
    return this.treeDigest;
  }

  /** The tree of the files: `sha256:<hex>/<bytes>`. Known once consistency was asked for. */
  get treeDigest(): string {
    if (this.digest === undefined) throw new Error(`${this.name} is asked for its key before its consistency`);
    return formatDigest(this.digest);
  }

  override async consistency(): Promise<Consistency> {
    this.digest ??= await this.capture(digestOnlyBlobs());
    return 'cached';
  }

  override async fetch(to: BlobStore): Promise<Digest> {
    return await this.capture(to);
  }

  private async capture(blobs: BlobStore): Promise<Digest> {
    const directory = join(this.project.directory, this.path);
    const matches = sourceSetMatcher(this.set);
    const wanted = new Set<string>();
    for (const file of await projectFiles(directory)) if (matches(file)) addWithParents(file, wanted);
    return await captureTree(blobs, directory, {
      label: this.path,
      code: 'SOURCE',
      filter: (path) => wanted.has(path),
    });
  }
}

/** Kind `project-files`. */
export const projectFilesKind: SourceKind = {
  kind: 'project-files',
  formatVersion: 1,
  create: (meta) => new ProjectFilesSource(meta),
};

function strings(node: MappingNode, key: string): string[] {
  return (node.sequence(key)?.scalars() ?? []).map((item) => item.asString());
}

function addWithParents(file: string, to: Set<string>): void {
  for (let path = file; path !== '' && !to.has(path); path = path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    to.add(path);
}
