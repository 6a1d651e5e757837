import { StagingArea } from './staging.js';
import type { BlobStore } from '../cas/blob-store.js';
import { isDigest, type Digest } from '../cas/digest.js';
import { emptyTree, openTree, splitPath, subtree, writeTree } from '../cas/tree.js';
import type { Io } from '../plugin/ports.js';
import { awaitPlugin, pluginFault } from '../plugin/plugin-call.js';
import type { PreviousSourcesUse, Source } from '../plugin/source.js';

/** What sources are staged with. */
export interface SourceStagingOptions {
  readonly blobs: BlobStore;
  readonly io: Io;
  /** The name of the element they are of. */
  readonly owner: string;
  /** The tree of a source that has been fetched. */
  fetched?(source: Source): Digest | undefined;
}

/**
 * The tree that sources make together, each in its directory, in their order.
 *
 * @throws ElementError SOURCE, and what sources throw
 */
export async function stageSources(sources: readonly Source[], options: SourceStagingOptions): Promise<Digest> {
  const { blobs, io, owner } = options;
  let area = new StagingArea(blobs);
  const lay = async (tree: Digest, path: string): Promise<void> => {
    await area.stage({ tree, path, owner, mayOverlap: () => true });
  };
  for (const source of sources) {
    const content =
      options.fetched?.(source) ??
      (await fetchSource(source, options, requires(source, 'fetch') ? await writeTree(blobs, area.tree) : undefined));
    if (source.stage === undefined) {
      await lay(content, source.directory);
      continue;
    }
    const before = await writeTree(blobs, area.tree);
    const previous = (await subtree(blobs, before, source.directory)) ?? (await writeTree(blobs, emptyTree()));
    const after = await digestFrom(source, 'stage', () => source.stage?.(blobs, { ...io, content, previous }));
    area = new StagingArea(blobs);
    await lay(await withDirectory(blobs, before, source.directory, after), '/');
  }
  return await writeTree(blobs, area.tree);
}

/** Whether a method of a source is to be given what earlier sources staged. */
export function requires(source: Source, method: PreviousSourcesUse): boolean {
  return source.requiresPreviousSources?.includes(method) ?? false;
}

/** Calls `fetch` of a source. @param previous the tree of the element's earlier sources, where it requires that */
export async function fetchSource(
  source: Source,
  { blobs, io }: Pick<SourceStagingOptions, 'blobs' | 'io'>,
  previous: Digest | undefined,
): Promise<Digest> {
  const given = previous === undefined ? io : { ...io, previous };
  return await digestFrom(source, 'fetch', () => source.fetch(blobs, given));
}

async function digestFrom(source: Source, method: string, call: () => unknown): Promise<Digest> {
  const tree = await awaitPlugin<unknown>(source, method, call);
  if (isDigest(tree)) return tree;
  throw pluginFault(source, method, 'returned something that is not the digest of a tree');
}

/** The tree with another one at a path, which replaces what was there. */
async function withDirectory(blobs: BlobStore, root: Digest, path: string, tree: Digest): Promise<Digest> {
  const [name, ...below] = splitPath(path);
  if (name === undefined) return tree;
  const level = await openTree(blobs, root);
  const child = (await subtree(blobs, root, name)) ?? (await writeTree(blobs, emptyTree()));
  level.files.delete(name);
  level.symlinks.delete(name);
  level.directories.set(name, await withDirectory(blobs, child, below.join('/'), tree));
  return await writeTree(blobs, level);
}
