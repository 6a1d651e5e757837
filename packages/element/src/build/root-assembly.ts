import type { StageInstruction } from './action-recorder.js';
import { StagingArea, type StagingWarning } from './staging.js';
import { stageSources } from './source-staging.js';
import { whitelistOf } from './overlap-whitelist.js';
import { splitFilter } from './split-rules.js';
import { sameDigest, type Digest } from '../cas/digest.js';
import type { Element } from '../plugin/element.js';
import { ElementError } from '../base/error.js';
import type { BlobStore } from '../cas/blob-store.js';
import { differenceLayer, type Layer } from '../cas/layer.js';
import { filterTree } from '../cas/tree-filter.js';
import type { MappingNode } from '../load/node.js';
import type { ArtifactRecord, Io, Step } from '../plugin/ports.js';
import type { Source } from '../plugin/source.js';
import { emptyTree, nestTree, subtree, writeTree } from '../cas/tree.js';

/** What is needed to turn instructions into a root. */
export interface RootAssemblyOptions {
  readonly element: Element;
  readonly blobs: BlobStore;
  readonly io: Io;
  /** The tree of a source that has been fetched. */
  fetched(source: Source): Digest | undefined;
  /** The artifact of a dependency, which has been built. */
  artifactOf(element: Element): ArtifactRecord;
  /** The public data of a dependency, as its build left it, or of the element that is built. */
  publicOf(element: Element): MappingNode;
  /** Runs integration commands in a root. @returns the root they leave behind */
  integrate(root: Digest, layers: readonly Layer[] | undefined, steps: readonly Step[]): Promise<Digest>;
  warn(warning: StagingWarning): void;
}

/** An input root, and the layers that it is made of, if there are any. */
export interface AssembledRoot {
  readonly root: Digest;
  /** Lowest first; without what is below the writable directories. */
  readonly layers: readonly Layer[] | undefined;
}

/**
 * Carries out staging instructions in their order. Integration commands act on the root as it is when they are met.
 *
 * @param writable absolute paths that the layers leave out, or `all`
 * @throws ElementError STAGING, SOURCE
 */
export async function assembleRoot(
  instructions: readonly StageInstruction[],
  writable: 'all' | readonly string[],
  options: RootAssemblyOptions,
): Promise<AssembledRoot> {
  const { blobs, element } = options;
  let area = new StagingArea(blobs);
  let layers: Layer[] | undefined = [];
  let pending: Step[] = [];
  let reported = 0;

  const laid = (): Layer[] | undefined => layers;
  const lay = async (tree: Digest, path: string, owner: Element): Promise<void> => {
    await area.stage({ tree, path, owner: owner.name, mayOverlap: whitelistOf(options.publicOf(owner)) });
    layers?.push({ tree: await nestTree(blobs, tree, path) });
    if (!area.isPlainOverlay) layers = undefined;
    for (const warning of area.warnings.slice(reported)) options.warn(warning);
    reported = area.warnings.length;
  };
  const integrate = async (): Promise<void> => {
    if (pending.length === 0) return;
    const before = await writeTree(blobs, area.tree);
    const after = await options.integrate(before, layers, pending);
    pending = [];
    // What the commands changed is a layer of its own, above those that other roots share.
    const changed = layers === undefined ? { tree: after } : await differenceLayer(blobs, before, after);
    const below = layers ?? [];
    area = new StagingArea(blobs);
    reported = 0;
    layers = undefined;
    await lay(after, '/', element);
    layers = [...below, changed];
  };

  for (const instruction of instructions) {
    if (instruction.type === 'integrate') {
      pending.push(instruction.step);
      continue;
    }
    await integrate();
    switch (instruction.type) {
      case 'artifacts':
        for (const staged of instruction.elements) {
          const takes = splitFilter(options.publicOf(staged), instruction.selection);
          const { tree } = options.artifactOf(staged);
          await lay(takes === undefined ? tree : await filterTree(blobs, tree, takes), instruction.path, staged);
        }
        break;
      case 'sources': {
        const fetched = (source: Source): Digest | undefined => options.fetched(source);
        const tree = await stageSources(instruction.sources, { blobs, io: options.io, owner: element.name, fetched });
        const part = await subtree(blobs, tree, instruction.subdirectory);
        if (part === undefined) throw missingPart(element, instruction.subdirectory);
        await lay(part, instruction.path, element);
        break;
      }
      case 'directory':
        await lay(await writeTree(blobs, emptyTree()), instruction.path, element);
        break;
      default: {
        const unknown: never = instruction;
        throw new Error(`no such instruction: ${JSON.stringify(unknown)}`);
      }
    }
  }
  await integrate();
  const root = await writeTree(blobs, area.tree);
  const made = laid();
  return { root, layers: made && (await withoutWritable(blobs, made, writable)) };
}

/**
 * The layers as a read-only root wants them: of one that is wholly below a writable directory, that directory is left,
 * empty. If only a part of a layer is below, the root is not layered.
 */
async function withoutWritable(
  blobs: BlobStore,
  layers: readonly Layer[],
  writable: 'all' | readonly string[],
): Promise<readonly Layer[] | undefined> {
  if (writable === 'all') return layers;
  const kept: Layer[] = [];
  for (const layer of layers) {
    let { tree } = layer;
    for (const path of writable) {
      const part = await subtree(blobs, layer.tree, path);
      if (part === undefined) continue;
      if (layer.removed !== undefined) return undefined;
      if (!sameDigest(await nestTree(blobs, part, path), layer.tree)) return undefined;
      tree = await nestTree(blobs, await writeTree(blobs, emptyTree()), path);
    }
    kept.push({ ...layer, tree });
  }
  return kept;
}

function missingPart(element: Element, subdirectory: string): ElementError {
  return new ElementError({
    code: 'SOURCE',
    message: `${element.name}: the sources have no directory \`${subdirectory}\``,
    origin: element.origin,
  });
}
