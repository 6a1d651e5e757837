import { basename, dirname, join } from 'node:path';
import { lstatSync } from 'node:fs';
import type { MappingNode } from '../load/node.js';
import { projectPath } from '../load/documents/project-path.js';
import { captureTree } from '../cas/capture.js';
import { CapturedSource } from '../plugin/captured-source.js';
import type { Digest } from '../cas/digest.js';
import type { Json } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { StatMemo } from '../cas/stat-memo.js';
import type { SourceFacts } from '../plugin/source-facts.js';
import type { SourceKind } from '../plugin/source.js';

/** A file or directory of the project itself (BuildStream reference: local source). */
export class LocalSource extends CapturedSource {
  private path = '';

  /** @throws ElementError PROJ_PATH_INVALID, PROJ_PATH_INVALID_KIND, MISSING_FILE */
  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['path']);
    this.path = projectPath(this.project.directory, this.nodeGetScalar(node, 'path'));
  }

  override getUniqueKey(): Json {
    const { hash, sizeBytes } = this.tree;
    return { hash, sizeBytes };
  }

  /** The tree of a single file has it at its root. */
  override describe(): SourceFacts {
    const isDirectory = lstatSync(join(this.project.directory, this.path), { throwIfNoEntry: false })?.isDirectory();
    return { ...super.describe(), label: isDirectory === true ? this.path : dirname(this.path) };
  }

  protected override get label(): string {
    return this.path;
  }

  protected override async capture(blobs: BlobStore, memo?: StatMemo): Promise<Digest> {
    const absolute = join(this.project.directory, this.path);
    const options = { label: this.path, code: 'SOURCE', origin: this.origin, memo } as const;
    if (lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true) {
      return await captureTree(blobs, absolute, options);
    }
    const name = basename(absolute);
    return await captureTree(blobs, dirname(absolute), { ...options, filter: (path) => path === name });
  }
}

/** Kind `local`. */
export const local: SourceKind = {
  kind: 'local',
  formatVersion: 1,
  create: (meta) => new LocalSource(meta),
};
