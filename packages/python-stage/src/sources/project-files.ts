import { join, relative } from 'node:path';
import {
  ElementError,
  type BlobStore,
  type Digest,
  type MappingNode,
  type SourceFacts,
  type SourceKind,
} from '@wheelhouse/element';
import { CapturedSource, captureTree, type StatMemo } from '@wheelhouse/element/internal';
import { type GeneratedFiles, stagedFiles, type StagedFilesChoice } from '@wheelhouse/python/internal';

/**
 * The files of a Python project that belong to one element (docs/adr/0017): `path` is the project's directory relative
 * to the workspace, `include` and `exclude` are globs relative to it; `named` are files and `named-globs` globs that
 * are included even if excluded. `generated` names files that tasks make. With `shared`, globs of files of the
 * workspace, the tree is that of the workspace, with the project at its path (docs/adr/0070). Identified by its
 * content, regardless of git.
 */
export class ProjectFilesSource extends CapturedSource {
  private path = '';
  private choice: Omit<StagedFilesChoice, 'workspace' | 'project'> = {
    set: { include: [], exclude: [] },
    named: [],
    shared: [],
    generated: [],
  };

  /** All files of the project when it was last captured, relative to it; `undefined` before that. */
  listed: readonly string[] | undefined;

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'path', 'include', 'exclude', 'named', 'named-globs', 'shared', 'generated']);
    this.path = this.nodeGetMember(node, 'str', 'path');
    this.choice = {
      set: {
        include: strings(node, 'include'),
        exclude: strings(node, 'exclude'),
        named: strings(node, 'named-globs'),
      },
      named: strings(node, 'named'),
      shared: strings(node, 'shared'),
      generated: (node.sequence('generated')?.mappings() ?? []).map((each) => this.generated(each)),
    };
    if (relative('/w', join('/w', this.path)).startsWith('..')) {
      throw new ElementError({
        code: 'PROJ_PATH_INVALID',
        message: `The project \`${this.path}\` is outside the workspace`,
        origin: node.get('path')?.origin,
      });
    }
  }

  /** With shared files, paths are those of the workspace. */
  override describe(): SourceFacts {
    return { ...super.describe(), label: this.choice.shared.length === 0 ? this.path : '.' };
  }

  protected override get label(): string {
    return this.path;
  }

  protected override async capture(blobs: BlobStore, memo?: StatMemo): Promise<Digest> {
    const { directory, wanted, checkLink, listed } = await stagedFiles({
      ...this.choice,
      workspace: this.project.directory,
      project: this.path,
    });
    this.listed = listed;
    return await captureTree(blobs, directory, {
      label: this.path,
      code: 'SOURCE',
      memo,
      filter: (path, type) => {
        if (!wanted.has(path)) return false;
        if (type === 'symlink') checkLink(path);
        return true;
      },
    });
  }

  private generated(node: MappingNode): GeneratedFiles {
    this.nodeValidate(node, ['files', 'by']);
    return { files: strings(node, 'files'), by: this.nodeGetMember(node, 'str', 'by') };
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
