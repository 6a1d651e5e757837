import { basename, dirname, join } from 'node:path';
import { lstatSync } from 'node:fs';
import { ElementError } from '../load/error.js';
import type { MappingNode } from '../load/node.js';
import { projectPath } from '../load/project-path.js';
import { captureTree } from '../plugin/capture.js';
import { formatDigest, sameDigest, type Digest } from '../plugin/digest.js';
import type { Json } from '../plugin/json.js';
import type { BlobStore } from '../plugin/ports.js';
import { Source, type Consistency, type SourceKind } from '../plugin/source.js';

/** A file or directory of the project itself (BuildStream reference: local source). */
export class LocalSource extends Source {
  private path = '';
  private seen: Digest | undefined;

  /** @throws ElementError PROJ_PATH_INVALID, PROJ_PATH_INVALID_KIND, MISSING_FILE */
  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['path']);
    this.path = projectPath(this.project.directory, this.nodeGetScalar(node, 'path'));
  }

  /** The digest of the tree that {@link consistency} saw. */
  override getUniqueKey(): Json {
    const { hash, sizeBytes } = this.captured();
    return { hash, sizeBytes };
  }

  override async consistency(): Promise<Consistency> {
    this.seen = await this.capture(digestsOnly);
    return 'cached';
  }

  /** @throws ElementError SOURCE where the files are no longer those that {@link consistency} saw */
  override async fetch(to: BlobStore): Promise<Digest> {
    const digest = await this.capture(to);
    const seen = this.captured();
    if (sameDigest(digest, seen)) return digest;
    throw new ElementError({
      code: 'SOURCE',
      message: `\`${this.path}\` was changed while the element was built: it was ${formatDigest(seen)} and is ${formatDigest(digest)}`,
      origin: this.origin,
      hint: 'build again',
    });
  }

  private captured(): Digest {
    if (this.seen === undefined) throw new Error(`${this.name}: asked for its key before it was looked at`);
    return this.seen;
  }

  private async capture(blobs: BlobStore): Promise<Digest> {
    const absolute = join(this.project.directory, this.path);
    if (lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true) {
      return await captureTree(blobs, absolute, { label: this.path, code: 'SOURCE' });
    }
    const name = basename(absolute);
    return await captureTree(blobs, dirname(absolute), {
      label: this.path,
      code: 'SOURCE',
      filter: (path) => path === name,
    });
  }
}

/** A store that wants nothing: what is written to it is only given its digest. */
const digestsOnly: BlobStore = {
  findMissing: () => Promise.resolve([]),
  read: (digest) => {
    throw new Error(`nothing is kept to be read: ${formatDigest(digest)}`);
  },
  write: () => Promise.resolve(),
};

/** Kind `local`. */
export const local: SourceKind = {
  kind: 'local',
  formatVersion: 1,
  create: (meta) => new LocalSource(meta),
};
