import { join, relative } from 'node:path';
import {
  CapturedSource,
  captureTree,
  ElementError,
  type BlobStore,
  type Digest,
  type MappingNode,
  type SourceKind,
} from '@wheelhouse/element';
import { projectFiles, sourceSetMatcher, type SourceSet } from './source-set.js';

/**
 * The files of a Python project that belong to one element (docs/adr/0017): `path` is the project's directory relative
 * to the workspace, `include` and `exclude` are globs relative to it. Known by its content, whatever git says of it.
 */
export class ProjectFilesSource extends CapturedSource {
  private path = '';
  private set: SourceSet = { include: [], exclude: [] };

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

  protected override get label(): string {
    return this.path;
  }

  protected override async capture(blobs: BlobStore): Promise<Digest> {
    const directory = join(this.project.directory, this.path);
    const wanted = await this.list(directory);
    return await captureTree(blobs, directory, {
      label: this.path,
      code: 'SOURCE',
      filter: (path) => wanted.has(path),
      // What they lead to is not in the sandbox.
      outwardLinks: false,
    });
  }

  private async list(directory: string): Promise<ReadonlySet<string>> {
    const matches = sourceSetMatcher(this.set);
    const wanted = new Set<string>();
    for (const file of await projectFiles(directory)) if (matches(file)) addWithParents(file, wanted);
    return wanted;
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
