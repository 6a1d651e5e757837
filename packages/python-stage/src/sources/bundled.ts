import { dirname, join } from 'node:path';
import {
  ElementError,
  type BlobStore,
  type Digest,
  type MappingNode,
  type SourceFacts,
  type SourceKind,
} from '@wheelhouse/element';
import { CapturedSource, captureTree, type StatMemo } from '@wheelhouse/element/internal';
import { PROBE_SCRIPT } from '@wheelhouse/python/internal';

const KINDS = join(__dirname, '..', 'elements');

/** The directories that can be asked for, by their names. */
const DIRECTORIES: ReadonlyMap<string, string> = new Map([
  ['helpers', join(KINDS, 'helpers')],
  ['runners', join(KINDS, 'runners')],
  ['interpreter', dirname(PROBE_SCRIPT)],
]);

/**
 * A directory that is shipped with these packages: scripts that run in the sandbox. Known by its content.
 *
 * Configuration: `path`, the name of the directory; `include`, the names of its files where not all are meant.
 */
export class BundledSource extends CapturedSource {
  private path = '';
  private shipped = '';
  private include: readonly string[] | undefined;

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['kind', 'path', 'include']);
    const path = node.required('path', node.scalar('path'));
    const directory = DIRECTORIES.get(path.asString());
    if (directory === undefined) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `unknown shipped directory \`${path.asString()}\``,
        origin: path.origin,
        hint: `the directories are ${[...DIRECTORIES.keys()].map((each) => `\`${each}\``).join(', ')}`,
      });
    }
    [this.path, this.shipped] = [path.asString(), directory];
    this.include = node
      .sequence('include')
      ?.scalars()
      .map((name) => name.asString());
  }

  override describe(): SourceFacts {
    return { ...super.describe(), label: `@wheelhouse/python-stage/${this.path}` };
  }

  protected override get label(): string {
    return this.path;
  }

  protected override async capture(blobs: BlobStore, memo?: StatMemo): Promise<Digest> {
    return await captureTree(blobs, this.shipped, {
      label: this.path,
      code: 'SOURCE',
      memo,
      filter: (path) => !path.includes('__pycache__') && this.include?.includes(path) !== false,
    });
  }
}

/** Kind `bundled`. */
export const bundled: SourceKind = { kind: 'bundled', formatVersion: 1, create: (meta) => new BundledSource(meta) };
